"""The script of `report.html`: reading values off the curves, and choosing samples. Without it the page shows all there is.

It writes text only, never markup: what a model said stays what it said.
"""

SCRIPT = """
"use strict";
for (const chart of document.querySelectorAll(".chart")) {
  const where = chart.querySelector(".where"), plot = chart.querySelector(".plot"), cursor = chart.querySelector(".cursor");
  const dots = chart.querySelectorAll(".dot"), last = where.textContent;
  const curves = [...chart.querySelectorAll("[data-points]")].map((row, index) => {
    const value = row.querySelector(".value");
    return {points: row.dataset.points.split(";").map((point) => point.split(" ")), value, last: value.textContent, dot: dots[index]};
  });
  const longest = curves.reduce((one, other) => (other.points.length > one.points.length ? other : one)).points;
  let at = longest.length;
  const nearest = (points, across) => {
    let best = 0;
    points.forEach((point, index) => {
      if (Math.abs(point[0] - across) < Math.abs(points[best][0] - across)) best = index;
    });
    return best;
  };
  const show = (index) => {
    at = Math.min(Math.max(index, 0), longest.length - 1);
    const across = longest[at][0];
    where.textContent = chart.dataset.x + " " + longest[at][2];
    cursor.setAttribute("x1", across / 10 + "%");
    cursor.setAttribute("x2", across / 10 + "%");
    cursor.removeAttribute("visibility");
    for (const {points, value, dot} of curves) {
      const point = points === longest ? longest[at] : points[nearest(points, across)];
      value.textContent = point[3];
      dot.setAttribute("cx", point[0] / 10 + "%");
      dot.setAttribute("cy", point[1] / 10 + "%");
      dot.removeAttribute("visibility");
    }
  };
  const rest = () => {
    at = longest.length;
    where.textContent = last;
    cursor.setAttribute("visibility", "hidden");
    for (const {value, last, dot} of curves) {
      value.textContent = last;
      dot.setAttribute("visibility", "hidden");
    }
  };
  const point = (event) => {
    const box = plot.getBoundingClientRect();
    show(nearest(longest, (1000 * (event.clientX - box.left)) / box.width));
  };
  chart.addEventListener("pointermove", point);
  chart.addEventListener("pointerdown", point);
  chart.addEventListener("pointerleave", rest);
  chart.addEventListener("blur", rest);
  chart.addEventListener("keydown", (event) => {
    const stride = Math.max(Math.round(longest.length / 10), 1);
    const moves = {ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - stride, PageDown: at + stride, Home: 0, End: longest.length};
    if (event.key === "Escape") rest();
    else if (event.key in moves) show(moves[event.key]);
    else return;
    event.preventDefault();
  });
}
for (const gantt of document.querySelectorAll(".gantt")) {
  const where = gantt.closest(".timeline").querySelector(".where"), about = where.textContent;
  const bars = gantt.dataset.bars.split(";").map((bar) => bar.split("|"));
  const point = (event) => {
    const box = gantt.getBoundingClientRect();
    const across = (1000 * (event.clientX - box.left)) / box.width;
    const lane = Math.floor((gantt.dataset.lanes * (event.clientY - box.top)) / box.height);
    const bar = bars.find(([from, to, at]) => Number(at) === lane && from <= across && across <= to);
    where.textContent = bar ? `group ${bar[3]} answer ${bar[4]}, ${bar[5]}, ${bar[6]} to ${bar[7]} s` : about;
  };
  gantt.addEventListener("pointermove", point);
  gantt.addEventListener("pointerdown", point);
  gantt.addEventListener("pointerleave", () => (where.textContent = about));
}
const form = document.querySelector("form");
if (form) {
  const samples = [...document.querySelectorAll(".sample")], count = form.querySelector("output");
  const choose = () => {
    const wanted = [...form.querySelectorAll("select")].filter((select) => select.value !== "*");
    const words = form.querySelector("input").value.trim().toLowerCase();
    let shown = 0;
    for (const sample of samples) {
      const fits = wanted.every((select) => sample.dataset[select.name] === select.value);
      sample.hidden = !fits || (words !== "" && !sample.textContent.toLowerCase().includes(words));
      shown += !sample.hidden;
    }
    count.textContent = shown.toLocaleString("en") + " of " + samples.length.toLocaleString("en");
  };
  form.addEventListener("input", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  choose();
}
"""
