// The curve of a campaign: each task's percent of its target by the hour, an even pace dashed, and now.
//
// #curve[data-plan, data-now, data-now-word] is drawn from #curve-data {series: [{name, points}], plan, unit}.
"use strict";

(() => {
  const box = document.getElementById("curve");
  const { series, plan, unit } = JSON.parse(document.getElementById("curve-data").textContent);
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const soft = token("soft");
  const lines = [["solid", "circle"], ["dotted", "triangle"], ["dashed", "rect"], [[8, 3, 2, 3], "diamond"]];
  const colours = [token("working"), token("text"), token("plain"), token("watch")];
  const text = { color: soft, fontFamily: "inherit" };
  const two = (n) => String(n).padStart(2, "0");
  const hour = (at) => { const day = new Date(at); return `${two(day.getMonth() + 1)}-${two(day.getDate())} ${two(day.getHours())}:${two(day.getMinutes())}`; };

  const chart = echarts.init(box, null, { renderer: "canvas" });
  const drawn = series.map((one, n) => ({
    name: one.name,
    type: "line",
    data: one.points,
    color: colours[n % colours.length],
    lineStyle: { width: 2, type: lines[n % lines.length][0] },
    symbol: lines[n % lines.length][1],
    symbolSize: 7,
    endLabel: { show: true, formatter: ({ value }) => `${value[1].toLocaleString()}${unit && "%"}`, color: token("text") },
    markLine: n ? undefined : {
      silent: true, symbol: "none", lineStyle: { color: soft, type: "solid", width: 1 },
      label: { formatter: box.dataset.nowWord, color: soft }, data: [{ xAxis: box.dataset.now }],
    },
  }));
  if (plan.length) {
    drawn.push({ name: box.dataset.plan, type: "line", data: plan, color: soft, symbol: "none", lineStyle: { width: 1.5, type: [3, 5] } });
  }
  chart.setOption({
    animation: false,
    textStyle: text,
    grid: { left: 52, right: 64, top: 40, bottom: 32 },
    legend: { top: 6, left: 8, itemWidth: 32, textStyle: { color: token("text"), fontSize: 14 }, selectedMode: false, data: [...series.map(({ name }) => name), ...(plan.length ? [{ name: box.dataset.plan, icon: "none" }] : [])] },
    tooltip: { trigger: "axis", valueFormatter: (value) => `${value}${unit && "%"}`, axisPointer: { label: { formatter: ({ value }) => hour(value) } } },
    xAxis: { type: "time", axisLabel: { ...text, fontSize: 13, hideOverlap: true }, axisLine: { lineStyle: { color: token("line") } } },
    yAxis: { type: "value", min: 0, max: unit ? (value) => Math.max(100, Math.ceil(value.max / 10) * 10) : undefined, axisLabel: { ...text, fontSize: 13, formatter: `{value}${unit && "%"}` }, splitLine: { lineStyle: { color: token("line") } } },
    series: drawn,
  });
  new ResizeObserver(() => chart.resize()).observe(box);
})();
