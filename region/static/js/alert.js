// One alert: weeks with expected cases and threshold (#weeks-chart), cases by onset with the nowcast and R (#onset-chart).
// Both are drawn from #alert-data {weeks: {days, observed, expected, upper, alarm}, onset: {days, seen, completed, low, high, r}}.
"use strict";

(() => {
  const { weeks, onset } = JSON.parse(document.getElementById("alert-data").textContent);
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const [soft, line, plain, text, bad, working] = ["soft", "line", "plain", "text", "bad", "working"].map(token);
  const axisText = { color: soft, fontFamily: "inherit", fontSize: 13 };
  const draw = (box, days, series, more = []) => {
    const chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption({
      animation: false,
      textStyle: { color: soft, fontFamily: "inherit" },
      grid: { left: 48, right: more.length ? 48 : 24, top: 44, bottom: 32 },
      legend: { top: 4, left: 4, selectedMode: false, textStyle: { color: text, fontSize: 14 }, data: series.filter(({ hidden }) => !hidden).map(({ name }) => name) },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: days, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { ...axisText, hideOverlap: true } },
      yAxis: [{ type: "value", min: 0, minInterval: 1, axisLabel: axisText, splitLine: { lineStyle: { color: line } } }, ...more],
      series: series.map(({ hidden, ...one }) => one),
    });
    new ResizeObserver(() => chart.resize()).observe(box);
  };
  const stroke = (name, data, color, type) => ({ name, type: "line", data, color, symbol: "none", lineStyle: { width: 2, type } });
  const first = document.getElementById("weeks-chart");
  draw(first, weeks.days, [
    { name: first.dataset.observed, type: "bar", data: weeks.observed.map((value, n) => ({ value, itemStyle: { color: weeks.alarm[n] ? bad : plain } })), color: plain },
    stroke(first.dataset.expected, weeks.expected, working, "solid"),
    stroke(first.dataset.upper, weeks.upper, text, "dashed"),
  ]);
  const second = document.getElementById("onset-chart");
  if (second && onset) {
    const wide = { type: "line", stack: "band", symbol: "none", lineStyle: { opacity: 0 }, silent: true, color: working };
    draw(second, onset.days, [
      { name: second.dataset.seen, type: "bar", data: onset.seen, color: plain },
      { ...wide, name: `${second.dataset.band} `, data: onset.low, hidden: true },
      { ...wide, name: second.dataset.band, data: onset.high.map((high, n) => (high === null ? null : high - onset.low[n])), areaStyle: { color: working, opacity: 0.2 }, hidden: true },
      stroke(second.dataset.completed, onset.completed, working, "solid"),
      { ...stroke(second.dataset.r, onset.r, text, "dashed"), yAxisIndex: 1 },
    ], [{ type: "value", min: 0, name: "R", axisLabel: axisText, splitLine: { show: false } }]);
  }
})();
