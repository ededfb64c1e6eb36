// What was used, what will be needed with its interval, and below it what will be left: two pictures over the same days.
//
// #forecast[data-used, data-need, data-band, data-left, data-coming, data-today] is drawn from #forecast-data
// {past: [{day, used}], ahead: [{day, need: [mid, low, high], left: [mid, low, high], coming}]}; null is not known.
"use strict";

(() => {
  const box = document.getElementById("forecast");
  const { past, ahead } = JSON.parse(document.getElementById("forecast-data").textContent);
  const word = box.dataset;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const [soft, line, plain, working, text, watch] = ["soft", "line", "plain", "working", "text", "watch"].map(token);
  const days = [...past, ...ahead].map(({ day }) => day);
  const after = (values) => [...past.map(() => null), ...values];
  const sure = ahead.length > 0 && ahead[0].need[1] !== null;
  const round = (value) => (value === null || value === undefined ? "–" : value.toLocaleString());

  // A band is a line nobody sees with the width of the interval stacked on it.
  const band = (name, of, axis) => [
    { name: `${name}-low`, data: after(ahead.map((one) => one[of][1])), areaStyle: undefined },
    { name, data: after(ahead.map((one) => one[of][2] - one[of][1])), areaStyle: { color: working, opacity: 0.18 } },
  ].map((one) => ({ ...one, type: "line", stack: name, symbol: "none", lineStyle: { opacity: 0 }, silent: true, color: working, xAxisIndex: axis, yAxisIndex: axis }));

  const today = {
    silent: true, symbol: "none", lineStyle: { color: soft, type: "solid", width: 1 },
    label: { formatter: word.today, color: soft, position: "end", fontSize: 13 }, data: [{ xAxis: past.length }],
  };
  const series = [
    { name: word.used, type: "bar", data: past.map(({ used }) => used), color: plain, barMaxWidth: 18, markLine: today },
    ...(sure ? band(word.band, "need", 0) : []),
    { name: word.need, type: "line", data: after(ahead.map((one) => one.need[0])), color: working, lineStyle: { width: 2 }, symbol: "circle", symbolSize: 6 },
    ...(sure ? band(`${word.band} `, "left", 1) : []),
    { name: word.left, type: "line", data: after(ahead.map((one) => one.left[0])), color: text, lineStyle: { width: 2 }, symbol: "rect", symbolSize: 6, xAxisIndex: 1, yAxisIndex: 1, markLine: { ...today, label: { show: false } } },
    { name: word.coming, type: "scatter", data: after(ahead.map((one) => (one.coming ? one.left[0] : null))), color: watch, symbol: "triangle", symbolSize: 13, symbolOffset: [0, -14], xAxisIndex: 1, yAxisIndex: 1 },
  ];
  const some = ahead.some(({ coming }) => coming);
  const axisText = { color: soft, fontFamily: "inherit", fontSize: 13 };
  const across = (gridIndex, label) => ({ type: "category", gridIndex, data: days, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { ...axisText, show: label, hideOverlap: true } });
  const up = (gridIndex, name) => ({
    type: "value", gridIndex, min: 0, minInterval: 1, splitNumber: 4, name, nameTextStyle: { ...axisText, align: "left", padding: [0, 0, 0, -72] },
    axisLabel: { ...axisText, formatter: (value) => value.toLocaleString() }, splitLine: { lineStyle: { color: line } },
  });
  const between = ([, low, high]) => (low === null ? "" : ` (${round(low)}–${round(high)})`);
  const told = ([{ dataIndex: n }]) => {
    const rows = document.createElement("div");
    const add = (said) => rows.append(Object.assign(document.createElement("div"), { textContent: said }));
    add(days[n]);
    if (n < past.length) {
      add(`${word.used}: ${round(past[n].used)}`);
      return rows;
    }
    const one = ahead[n - past.length];
    add(`${word.need}: ${round(one.need[0])}${between(one.need)}`);
    add(`${word.left}: ${round(one.left[0])}${between(one.left)}`);
    if (one.coming) add(`${word.coming}: ${round(one.coming)}`);
    return rows;
  };

  const chart = echarts.init(box, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    textStyle: { color: soft, fontFamily: "inherit" },
    grid: [{ left: 84, right: 24, top: 72, height: "36%" }, { left: 84, right: 24, top: "63%", bottom: 32 }],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    legend: {
      top: 4, left: 4, itemWidth: 24, selectedMode: false, textStyle: { color: text, fontSize: 14 },
      data: [word.used, word.need, ...(sure ? [{ name: word.band, icon: "rect", itemStyle: { color: working, opacity: 0.3 } }] : []), word.left, ...(some ? [word.coming] : [])],
    },
    tooltip: { trigger: "axis", formatter: told },
    xAxis: [across(0, false), across(1, true)],
    yAxis: [up(0, word.perDay), up(1, word.left)],
    series,
  });
  new ResizeObserver(() => chart.resize()).observe(box);
})();
