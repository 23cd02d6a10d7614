"use strict";
// A cursor over the curves of a contact: mouse, touch, arrow keys (1 sample, with shift 10).
for (const box of document.querySelectorAll("[data-cursor]")) {
  const held = JSON.parse(document.getElementById(box.dataset.cursor).textContent);
  const columns = Object.fromEntries(
    Object.entries(held).map(([name, cells]) => [name, cells.split(",")]));
  const times = columns.utc.map((text) => Date.parse(text.replace(":60", ":59")));
  const svg = box.querySelector("svg"), line = svg.querySelector(".cursor");
  const cells = box.parentElement.querySelectorAll("[data-readout] [data-of]");
  const left = Number(box.dataset.left), right = Number(box.dataset.right);
  const first = times[0], span = Math.max(times[times.length - 1] - first, 1);
  const heights = columns.elevation_deg.map(Number);
  let here = heights.indexOf(Math.max(...heights));

  const show = (place) => {
    here = Math.min(Math.max(place, 0), times.length - 1);
    const x = left + (right - left) * (times[here] - first) / span;
    for (const end of ["x1", "x2"]) line.setAttribute(end, x.toFixed(1));
    line.removeAttribute("hidden");
    for (const cell of cells) cell.textContent = columns[cell.dataset.of][here] || "\u2013";
  };
  const nearest = (when) => {
    let low = 0, high = times.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= when) low = middle; else high = middle;
    }
    return when - times[low] <= times[high] - when ? low : high;
  };
  const point = (event) => {
    const area = svg.getBoundingClientRect();
    const x = (event.clientX - area.left) * svg.viewBox.baseVal.width / area.width;
    show(nearest(first + span * (x - left) / (right - left)));
  };
  box.addEventListener("pointermove", point);
  box.addEventListener("pointerdown", point);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const end = { Home: 0, End: times.length - 1 }[event.key];
    if ((step === undefined && end === undefined) || event.ctrlKey || event.metaKey || event.altKey)
      return;
    event.preventDefault();
    show(end ?? here + step * (event.shiftKey ? 10 : 1));
  });
  show(here);
}
