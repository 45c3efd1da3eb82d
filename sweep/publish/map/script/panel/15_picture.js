/* The view as a picture: to be saved as a file, and to be printed. */

const INK = "#1c2733";

/** The view with `k` pixels a point, marked as a draft if the page about it will not be. Pictures of the closed network are not in it: a page from disk may not read them. */
function picture(k, isMarked) {
  const size = map.getSize(), canvas = element("canvas"), ctx = canvas.getContext("2d");
  const zoom = map.getZoom(), scale = scaleAt(zoom), [west, north] = unitsOf(map.containerPointToLatLng([0, 0]));
  canvas.width = Math.round(size.x * k);
  canvas.height = Math.round(size.y * k);
  ctx.fillStyle = getComputedStyle(map.getContainer()).backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.setTransform(scale * k, 0, 0, scale * k, -west * scale * k, -north * scale * k);
  draw({ ctx: ctx, zoom: zoom, k: scale, box: [west, north, west + size.x / scale, north + size.y / scale] });
  ctx.setTransform(k, 0, 0, k, 0, 0);
  const times = document.querySelector("canvas.times");
  if (times && times.width) ctx.drawImage(times, 0, 0, size.x, size.y);
  drawFrame(ctx, size);
  if (isMarked) drawMark(ctx, size);
  return canvas;
}

/** What a picture must say without the page about it: scale, north, and what it is. */
function drawFrame(ctx, size) {
  const bar = document.querySelector(".leaflet-control-scale-line");
  ctx.fillStyle = ctx.strokeStyle = INK;
  ctx.lineWidth = 2;
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  ctx.font = "600 12px " + getComputedStyle(document.body).fontFamily;
  const y = size.y - 14;
  if (bar) {
    ctx.beginPath();
    ctx.moveTo(12, y - 6);
    ctx.lineTo(12, y);
    ctx.lineTo(12 + bar.offsetWidth, y);
    ctx.lineTo(12 + bar.offsetWidth, y - 6);
    ctx.stroke();
    halo(ctx, bar.textContent, 17, y - 5);
  }
  const about = document.title + " · " + document.querySelector("#panel .facts").firstChild.textContent;
  ctx.textAlign = "right";
  halo(ctx, about, size.x - 12, y);
  ctx.textAlign = "center";
  halo(ctx, "N", 26, 24);
  ctx.beginPath();
  [[26, 28], [32, 45], [26, 41], [20, 45]].forEach(([a, b], i) => (i ? ctx.lineTo(a, b) : ctx.moveTo(a, b)));
  ctx.fill();
}

function drawMark(ctx, size) {
  const word = document.querySelector(".watermark text");
  if (!word) return;
  ctx.translate(size.x / 2, size.y / 2);
  ctx.rotate((-32 * Math.PI) / 180);
  ctx.font = "800 " + Math.round(Math.min(size.x / 4, size.y / 3)) + "px " + getComputedStyle(document.body).fontFamily;
  ctx.fillStyle = "rgba(179, 38, 30, .1)";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(word.textContent, 0, 0);
}

function halo(ctx, words, x, y) {
  ctx.save();
  ctx.strokeStyle = "rgba(255, 255, 255, .85)";
  ctx.lineWidth = 3.5;
  ctx.lineJoin = "round";
  ctx.strokeText(words, x, y);
  ctx.restore();
  ctx.fillText(words, x, y);
}

document.getElementById("save").addEventListener("click", function () {
  picture(2, true).toBlob(function (file) {
    const link = element("a");
    link.href = URL.createObjectURL(file);
    link.download = document.title + ".png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, "image/png");
});

// Leaflet would lose the tiles that lie off the sheet: paper gets the view as a picture, and the legend below it. As an
// image: a canvas is printed stroke by stroke, and shrunk.
window.addEventListener("beforeprint", function () {
  const image = element("img");
  image.src = picture(3, false).toDataURL();
  document.getElementById("printed").replaceChildren(image);
});
window.addEventListener("afterprint", () => document.getElementById("printed").replaceChildren());
