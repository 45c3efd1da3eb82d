"use strict";
(function () {
  const plan = JSON.parse(document.getElementById("plan-data").textContent);
  const map = map_sweep;
  // One canvas for all shapes: with one a pane, the topmost would swallow the clicks meant for those below.
  const canvas = L.canvas({ padding: 0.5, tolerance: 4 });

  /* ---- shapes ---- */

  // Steps of millionths of a degree back to [lat, lon]; see sweep/publish/mapdata.py.
  function decode(steps) {
    const points = [];
    let lat = 0, lon = 0;
    for (let i = 0; i < steps.length; i += 2) {
      lat += steps[i];
      lon += steps[i + 1];
      points.push([lat / 1e6, lon / 1e6]);
    }
    return points;
  }

  // A mark of fixed size on the canvas, drawn by `options.draw(context, point, options)`.
  const Mark = L.CircleMarker.extend({
    _updatePath: function () {
      if (!this._renderer._drawing || this._empty()) return;
      const ctx = this._renderer._ctx;
      ctx.save();
      this.options.draw(ctx, this._point, this.options, map.getZoom());
      ctx.restore();
    },
  });

  // A line drawn beside its true place, to the right of its direction: the way there and the way back stay apart, and
  // so do teams that use one street.
  const Lane = L.Polyline.extend({
    _projectLatlngs: function (latlngs, result, bounds) {
      L.Polyline.prototype._projectLatlngs.call(this, latlngs, result, bounds);
      if (latlngs[0] instanceof L.LatLng) result.push(beside(result.pop(), laneWidth(this.options.lane)));
    },
  });

  // From afar the streets are thinner, and so are the lanes.
  function laneWidth(lane) {
    return map.getZoom() < 14 ? lane * 0.55 : lane;
  }

  function beside(points, by) {
    const sides = [];
    for (let i = 1; i < points.length; i++) {
      const dx = points[i].x - points[i - 1].x, dy = points[i].y - points[i - 1].y;
      const length = Math.hypot(dx, dy);
      sides.push(length ? [-dy / length, dx / length] : sides[i - 2] || [0, 0]);
    }
    return points.map(function (p, i) {
      const a = sides[Math.max(0, i - 1)] || [0, 0], b = sides[i] || a;
      // The corner of two shifted pieces; sharp turns would throw it far out, so it is kept within twice the shift.
      const x = a[0] + b[0], y = a[1] + b[1], k = (2 * by) / Math.max(1, x * x + y * y);
      return L.point(p.x + x * k, p.y + y * k);
    });
  }

  function drawArrow(ctx, at, options, zoom) {
    // Every arrow when near, every second, fourth ... when far, so that they stay about 60 pixels apart.
    const step = Math.pow(2, Math.max(0, 16 - Math.round(zoom)));
    if (options.place % step) return;
    ctx.translate(at.x, at.y);
    ctx.rotate((options.bearing * Math.PI) / 180);
    ctx.translate(laneWidth(options.lane), 0);
    ctx.beginPath();
    ctx.moveTo(0, -6.5);
    ctx.lineTo(5, 5);
    ctx.lineTo(0, 2.5);
    ctx.lineTo(-5, 5);
    ctx.closePath();
    ctx.fillStyle = options.color;
    ctx.strokeStyle = "#fff";
    ctx.lineWidth = 1.25;
    ctx.lineJoin = "round";
    ctx.fill();
    ctx.stroke();
  }

  function drawCross(ctx, at) {
    for (const [width, colour] of [[4.5, "#fff"], [2, "#31383f"]]) {
      ctx.beginPath();
      ctx.moveTo(at.x - 4.5, at.y - 4.5);
      ctx.lineTo(at.x + 4.5, at.y + 4.5);
      ctx.moveTo(at.x + 4.5, at.y - 4.5);
      ctx.lineTo(at.x - 4.5, at.y + 4.5);
      ctx.lineWidth = width;
      ctx.lineCap = "round";
      ctx.strokeStyle = colour;
      ctx.stroke();
    }
  }

  /* ---- popups: every text goes in as text ---- */

  function element(tag, name, text) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function popup(thing, labels) {
    return function () {
      const box = element("div", "popup");
      box.append(element("h3", "", thing.title));
      if (thing.sub) box.append(element("p", "sub", thing.sub));
      const list = element("dl");
      (thing.values || []).forEach(function (value, i) {
        if (value === null) return;
        list.append(element("dt", "", labels[i]), element("dd", "", value));
      });
      if (list.childElementCount) box.append(list);
      return box;
    };
  }

  const popupOptions = { maxWidth: 300, minWidth: 220, autoPanPadding: [16, 16] };

  function bind(layer, thing, labels) {
    return layer.bindPopup(popup(thing, labels), popupOptions);
  }

  function badge(name, text, colours, width, shift) {
    // className is ours; the text and the colours are set on the node, never parsed as HTML.
    const icon = L.divIcon({ className: "badge-holder", iconSize: [width, 20], iconAnchor: [width / 2 - shift, 10] });
    const create = icon.createIcon;
    icon.createIcon = function (old) {
      const holder = create.call(icon, old);
      const node = element("span", name, text);
      if (colours) {
        node.style.background = colours[0];
        node.style.color = colours[1];
      }
      holder.replaceChildren(node);
      return holder;
    };
    return icon;
  }

  /* ---- layers ---- */

  const layers = {};

  const streetStyles = {
    minor: { color: "#dfe2e4", weight: 1 },
    middle: { color: "#c9ced3", weight: 2.2 },
    major: { color: "#aab3bb", weight: 3.6 },
  };
  layers.streets = L.layerGroup(
    plan.streets.filter((s) => s.lines.length).map(function (s) {
      const style = Object.assign({ renderer: canvas, interactive: false, smoothFactor: 1.2, name: s.class }, streetStyles[s.class]);
      return L.polyline(s.lines.map(decode), style);
    })
  );

  layers.names = L.layerGroup(
    plan.street_names.map(function (label) {
      const icon = badge(label[4] ? "street major" : "street", label[3], null, 120, 0);
      const marker = L.marker([label[0], label[1]], { icon: icon, interactive: false, keyboard: false, zIndexOffset: -2000 });
      marker.on("add", function () {
        marker.getElement().firstChild.style.transform = "rotate(" + label[2] + "deg)";
      });
      marker.isMajor = label[4];
      return marker;
    })
  );

  layers.clusters = L.featureGroup(
    plan.clusters.flatMap(function (c) {
      const area = L.polygon(decode(c.hull), {
        renderer: canvas, color: "#3b4a5a", weight: 1.6, dashArray: "5 4", fillColor: "#6b7f94", fillOpacity: 0.1,
      });
      const mark = L.marker(c.label_at, { icon: badge("rank", String(c.rank), null, 26, 0), title: c.title, zIndexOffset: -500 });
      return [bind(area, c, plan.labels.cluster), bind(mark, c, plan.labels.cluster)];
    })
  );

  // Footprints when near; from afar, where they would be specks, dots of one size.
  const nearZoom = 16;
  const shapes = { near: L.featureGroup(), far: L.featureGroup() };
  plan.buildings.forEach(function (b) {
    const style = { renderer: canvas, color: "#6d5a3a", weight: 0.8, fillColor: b.colour, fillOpacity: 0.95 };
    const dot = (radius) => L.circleMarker(b.at, Object.assign({ radius: radius }, style));
    bind(dot(4), b, plan.labels.building).addTo(shapes.far);
    const shape = b.rings.length ? L.polygon(b.rings.map(decode), style) : dot(7);
    bind(shape, b, plan.labels.building).addTo(shapes.near);
  });
  layers.buildings = L.layerGroup();
  function showBuildings() {
    const wanted = map.getZoom() >= nearZoom ? shapes.near : shapes.far;
    if (layers.buildings.hasLayer(wanted)) return;
    layers.buildings.clearLayers();
    layers.buildings.addLayer(wanted);
  }

  layers.links = L.featureGroup(
    plan.links.map(function (l) {
      const line = L.polyline(l.points, { renderer: canvas, color: "#111", weight: 2, dashArray: "2 5" });
      const rings = l.points.map((p) =>
        L.circleMarker(p, { renderer: canvas, radius: 15, color: "#111", weight: 1.6, dashArray: "2 3", fill: false })
      );
      return bind(L.featureGroup([line].concat(rings)), l, []);
    })
  );

  layers.unserved = L.featureGroup(
    plan.unserved.map((u) =>
      bind(new Mark(u.at, { renderer: canvas, radius: 8, draw: drawCross }), u, plan.labels.unserved)
    )
  );

  layers.bases = L.layerGroup(
    plan.bases.map((b) =>
      bind(L.marker(b.at, { icon: badge("base", "★", null, 24, 0), title: b.title }), b, plan.labels.base)
    )
  );

  plan.teams.forEach(function (team, place) {
    const lane = 2.5 + (place % 3) * 3.5;
    const legs = team.legs.map(decode);
    const shapes = [];
    if (legs.length) {
      const line = { renderer: canvas, interactive: false, lane: lane, smoothFactor: 0.5 };
      shapes.push(new Lane(legs, Object.assign({ color: "#fff", weight: 5.6, opacity: 0.85 }, line)));
      shapes.push(new Lane(legs, Object.assign({ color: team.colour, weight: 3, dashArray: team.dash || null }, line)));
    }
    team.arrows.forEach(function (a, number) {
      shapes.push(
        new Mark([a[0], a[1]], {
          renderer: canvas, interactive: false, radius: 18, draw: drawArrow, color: team.colour, bearing: a[2], place: number,
          lane: lane,
        })
      );
    });
    team.stops.forEach(function (s) {
      const icon = badge("stop", team.letter + s.number, [team.colour, team.ink], 30, s.shift * 30);
      shapes.push(bind(L.marker(s.at, { icon: icon, title: s.title, riseOnHover: true }), s, plan.labels.stop));
    });
    layers["team-" + team.letter] = L.featureGroup(shapes);
  });

  /* ---- the panel ---- */

  // Canvas draws in the order of adding; a layer that is turned on again must not cover the others.
  const order = ["streets", "clusters", "buildings", "links"]
    .concat(plan.teams.map((t) => "team-" + t.letter))
    .concat(["unserved"]);
  function restack() {
    for (const name of order) {
      if (!map.hasLayer(layers[name])) continue;
      layers[name].eachLayer(function front(layer) {
        if (layer.eachLayer) layer.eachLayer(front);
        else if (layer.bringToFront) layer.bringToFront();
      });
    }
  }

  const boxes = Array.from(document.querySelectorAll("#panel input[data-layer]"));
  function toggle(box) {
    const layer = layers[box.dataset.layer];
    if (box.checked) layer.addTo(map);
    else layer.remove();
  }

  function dress() {
    const zoom = map.getZoom();
    document.body.classList.toggle("far", zoom < 14);
    layers.streets.eachLayer(function (layer) {
      layer.setStyle({ weight: streetStyles[layer.options.name].weight * Math.min(2, Math.pow(1.35, zoom - 14.5)) });
    });
    document.body.classList.toggle("no-names", zoom < 13);
    document.body.classList.toggle("major-names", zoom < 15);
  }

  // The panel covers the right side of a wide screen.
  const clear = { paddingTopLeft: [12, 12], paddingBottomRight: window.innerWidth > 760 ? [330, 12] : [12, 12] };
  map.fitBounds(plan.view, Object.assign({ animate: false }, clear));
  showBuildings();
  boxes.forEach(toggle);
  restack();
  dress();
  map.on("zoomend", function () {
    dress();
    showBuildings();
    restack();
  });
  boxes.forEach((box) => box.addEventListener("change", () => { toggle(box); restack(); }));

  document.querySelectorAll("#panel button[data-all]").forEach(function (button) {
    button.addEventListener("click", function () {
      boxes.filter((b) => b.dataset.layer.startsWith("team-")).forEach(function (box) {
        box.checked = button.dataset.all === "on";
        toggle(box);
      });
      restack();
    });
  });

  document.querySelectorAll("#panel button[data-zoom]").forEach(function (button) {
    button.addEventListener("click", function () {
      const box = document.querySelector('#panel input[data-layer="' + button.dataset.zoom + '"]');
      if (!box.checked) box.click();
      const bounds = layers[button.dataset.zoom].getBounds();
      if (bounds.isValid()) map.fitBounds(bounds, clear);
    });
  });

  const panel = document.getElementById("panel");
  const handle = document.getElementById("panel-handle");
  function open(isOpen) {
    panel.classList.toggle("closed", !isOpen);
    handle.setAttribute("aria-expanded", String(isOpen));
  }
  handle.addEventListener("click", () => open(panel.classList.contains("closed")));
  open(window.innerWidth > 760);

  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  map.zoomControl.getContainer().append(document.getElementById("north"));
})();
