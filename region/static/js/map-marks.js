// Shapes on the map's canvas: a mark for each state, hatching for zones, arrows for moves. Shape and colour come from maps/palette.py.
"use strict";

(() => {
  const POINTS = {
    triangle: [[0, -1.1], [1.05, 0.85], [-1.05, 0.85]],
    diamond: [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]],
    square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    cross: [[-1, -0.6], [-0.6, -1], [0, -0.4], [0.6, -1], [1, -0.6], [0.4, 0], [1, 0.6], [0.6, 1],
      [0, 0.4], [-0.6, 1], [-1, 0.6], [-0.4, 0]],
  };

  function trace(ctx, shape, x, y, r) {
    const points = POINTS[shape === "hollow-diamond" ? "diamond" : shape];
    ctx.beginPath();
    if (!points) {
      ctx.arc(x, y, shape === "dot" ? r * 0.35 : r * 0.95, 0, Math.PI * 2);
      return;
    }
    points.forEach(([dx, dy], n) => ctx[n ? "lineTo" : "moveTo"](x + dx * r, y + dy * r));
    ctx.closePath();
  }

  // One mark with a rim of the ground's colour, so that it is seen over any class. Lengths are CSS pixels.
  function paint(ctx, shape, x, y, r, colour, halo) {
    const hollow = shape === "ring" || shape === "hollow-diamond" || shape === "slashed" || shape === "half";
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    ctx.lineJoin = "round";
    trace(ctx, shape, x, y, r);
    ctx.lineWidth = Math.max(2, r * (hollow ? 0.9 : 0.5));
    ctx.strokeStyle = halo;
    ctx.stroke();
    ctx.fillStyle = hollow ? halo : colour;
    ctx.fill();
    if (!hollow) return;
    ctx.lineWidth = Math.max(1.5, r * 0.36);
    ctx.strokeStyle = colour;
    ctx.stroke();
    ctx.beginPath();
    if (shape === "half") {
      ctx.arc(x, y, r * 0.95, Math.PI / 2, Math.PI * 1.5);
      ctx.fillStyle = colour;
      ctx.fill();
    } else if (shape === "slashed") {
      ctx.moveTo(x - r * 0.62, y + r * 0.62);
      ctx.lineTo(x + r * 0.62, y - r * 0.62);
      ctx.stroke();
    }
  }

  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const canvas = this._renderer;
      if (!canvas._drawing || this._empty()) return;
      const { shape, colour, halo, chosen } = this.options;
      const { x, y } = this._point;
      paint(canvas._ctx, shape, x, y, this._radius, colour, halo);
      if (!chosen) return;
      canvas._ctx.beginPath();
      canvas._ctx.arc(x, y, this._radius * 1.7, 0, Math.PI * 2);
      canvas._ctx.lineWidth = Math.max(2, this._radius * 0.3);
      canvas._ctx.strokeStyle = this.options.ring;
      canvas._ctx.stroke();
    },
    // The rim and the ring reach beyond the radius: redraw that far.
    _updateBounds() {
      const reach = this._radius * 2 + 2;
      this._pxBounds = new L.Bounds(this._point.subtract([reach, reach]), this._point.add([reach, reach]));
    },
  });

  function pattern(ctx, { colour, gap, angle }, scale) {
    const side = Math.round(gap * scale * 1.4);
    const tile = document.createElement("canvas");
    tile.width = tile.height = side;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour;
    pen.lineWidth = 1.4 * scale;
    for (const shift of [-side, 0, side]) {
      pen.beginPath();
      pen.moveTo(shift - 2, angle === 45 ? side + 2 : -2);
      pen.lineTo(shift + side + 2, angle === 45 ? -2 : side + 2);
      pen.stroke();
    }
    return ctx.createPattern(tile, "repeat");
  }

  const Hatch = L.Polygon.extend({
    _updatePath() {
      const canvas = this._renderer;
      if (!canvas._drawing || !this._parts.length) return;
      canvas._updatePoly(this, true);
      this._pattern = this._pattern || pattern(canvas._ctx, this.options.hatch, this.options.scale);
      canvas._ctx.globalAlpha = 1;
      canvas._ctx.fillStyle = this._pattern;
      canvas._ctx.fill("evenodd");
    },
  });

  // A line from giver to taker that bends a little to the left, so that there and back are two lines, with a head.
  const Arrow = L.Polyline.extend({
    _updatePath() {
      const canvas = this._renderer;
      if (!canvas._drawing || !this._rings.length) return;
      const from = this._rings[0][0];
      const end = this._rings[0].at(-1);
      const { color, weight, dashes, halo, gap = 0 } = this.options;
      const [dx, dy] = [end.x - from.x, end.y - from.y];
      const length = Math.hypot(dx, dy);
      const head = Math.min(length / 2.5, weight * 3.2);
      if (head < 2) return;
      const bend = { x: (from.x + end.x) / 2 + dy * 0.12, y: (from.y + end.y) / 2 - dx * 0.12 };
      const angle = Math.atan2(end.y - bend.y, end.x - bend.x);
      // It ends before the mark of the taker, which lies above it and would hide the head.
      const short = Math.min(gap, length / 4);
      const to = { x: end.x - short * Math.cos(angle), y: end.y - short * Math.sin(angle) };
      const back = (reach, turn) => [to.x - reach * Math.cos(angle + turn), to.y - reach * Math.sin(angle + turn)];
      const ctx = canvas._ctx;
      for (const [colour, extra] of [[halo, Math.max(1.5, weight * 0.4)], [color, 0]]) {
        ctx.globalAlpha = 1;
        ctx.strokeStyle = ctx.fillStyle = colour;
        ctx.lineWidth = weight + extra;
        ctx.lineCap = "butt";
        ctx.setLineDash(extra ? [] : dashes.map((part) => part * Math.min(1, length / 90)));
        ctx.beginPath();
        ctx.moveTo(from.x, from.y);
        ctx.quadraticCurveTo(bend.x, bend.y, ...back(head * 0.8, 0));
        ctx.stroke();
        ctx.setLineDash([]);
        ctx.lineWidth = extra || 1;
        ctx.beginPath();
        ctx.moveTo(to.x, to.y);
        ctx.lineTo(...back(head, 0.42));
        ctx.lineTo(...back(head, -0.42));
        ctx.closePath();
        ctx.stroke();
        ctx.fill();
      }
    },
    // The bend and the head reach beyond the straight line.
    _updateBounds() {
      L.Polyline.prototype._updateBounds.call(this);
      if (!this._pxBounds) return;
      const size = this._pxBounds.getSize();
      const reach = Math.max(size.x, size.y) * 0.12 + this.options.weight * 4;
      this._pxBounds = new L.Bounds(this._pxBounds.min.subtract([reach, reach]), this._pxBounds.max.add([reach, reach]));
    },
  });

  function labelIcon(name) {
    const text = document.createElement("span");
    text.textContent = name;
    return L.divIcon({ className: "map-label", html: text, iconSize: [0, 0] });
  }

  const shifted = (box, right, down) => (
    { left: box.left + right, right: box.right + right, top: box.top + down, bottom: box.bottom + down });

  const meet = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;

  // What a label hides at this place: another label must not be, a grave mark should not be, others if need be.
  function hides(box, marks, labels, frame) {
    let cost = labels.some((other) => meet(box, other)) ? 1000 : 0;
    if (box.top < frame.top || box.bottom > frame.bottom) cost += 100;
    for (const { x, y, r, grave } of marks) {
      if (meet(box, { left: x - r, right: x + r, top: y - r, bottom: y + r })) cost += grave ? 20 : 1;
    }
    return cost;
  }

  // Each label, the greatest first, stands where it hides least, near its place; one without a place is not shown.
  function placeLabels(texts, marks, frame) {
    const taken = [];
    for (const text of texts) {
      text.hidden = false;
      text.style.margin = "0px";
      const box = text.getBoundingClientRect();
      const right = Math.max(frame.left - box.left, 0) + Math.min(frame.right - box.right, 0);
      const tries = [0, -0.6, 0.6, -1.2, 1.2, -1.8, 1.8].map((step) => {
        const place = shifted(box, right, step * box.height);
        return { step, place, cost: hides(place, marks, taken, frame) + Math.abs(step) * 1.5 };
      });
      const best = tries.reduce((least, one) => (one.cost < least.cost ? one : least));
      text.style.margin = `${best.step * box.height}px 0 0 ${right}px`;
      text.hidden = best.cost >= 1000;
      if (!text.hidden) taken.push(best.place);
    }
  }

  window.RegionMarks = { Mark, Hatch, Arrow, labelIcon, placeLabels };
})();
