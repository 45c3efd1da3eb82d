/* The datums of pictures that are not in WGS-84. */

/** GCJ-02 of a WGS-84 place in China; the same formula as geodata/shifts.py. */
function gcj02(lat, lon) {
  const a = 6378245.0, ee = 0.00669342162296594323, pi = Math.PI;
  const x = lon - 105.0, y = lat - 35.0, sin = Math.sin;
  const waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3;
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + waves;
  dLat += ((20 * sin(y * pi) + 40 * sin((y / 3) * pi)) * 2) / 3 + ((160 * sin((y / 12) * pi) + 320 * sin((y * pi) / 30)) * 2) / 3;
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + waves;
  dLon += ((20 * sin(x * pi) + 40 * sin((x / 3) * pi)) * 2) / 3 + ((150 * sin((x / 12) * pi) + 300 * sin((x / 30) * pi)) * 2) / 3;
  const rad = (lat / 180) * pi, magic = 1 - ee * sin(rad) * sin(rad), root = Math.sqrt(magic);
  return [lat + (dLat * 180) / (((a * (1 - ee)) / (magic * root)) * pi), lon + (dLon * 180) / ((a / root) * Math.cos(rad) * pi)];
}

/** BD-09 of a WGS-84 place in China. */
function bd09(lat, lon) {
  const [y, x] = gcj02(lat, lon), turn = (Math.PI * 3000) / 180;
  const radius = Math.hypot(x, y) + 0.00002 * Math.sin(y * turn), angle = Math.atan2(y, x) + 0.000003 * Math.cos(x * turn);
  return [radius * Math.sin(angle) + 0.006, radius * Math.cos(angle) + 0.0065];
}

/**
 * Baidu's grid as Leaflet's coordinate system; its latitudes and longitudes are BD-09.
 *
 * Baidu's zoom 18 has one of its metres a pixel; it is called 17 here, which shows as much ground as other maps' 17.
 * `pieces` are those of geodata/baidu.py: a latitude, and the figures of the polynomial from there on.
 */
function baiduGrid(pieces) {
  const WIDTH = 256 * Math.pow(2, 17), DEGREE = 111320.7, radians = Math.PI / 180;

  function metres(lat, lon) {
    const size = Math.min(Math.abs(lat), 74);
    const row = pieces.filter((piece) => piece[0] <= size).pop()[1];
    const north = row.slice(2, 9).reduceRight((sum, figure) => sum * (size / row[9]) + figure, 0);
    return [Math.sign(lon) * (row[0] + row[1] * Math.abs(lon)), Math.sign(lat) * north];
  }

  // By steps back from the way to metres: what Baidu publishes as the inverse is a metre off.
  function degrees(east, north) {
    let lat = (2 * Math.atan(Math.exp(north / (DEGREE / radians))) - Math.PI / 2) / radians;
    for (let k = 0; k < 6; k++) lat += ((north - metres(lat, 1)[1]) * Math.cos(lat * radians)) / DEGREE;
    const [one, two] = [metres(lat, 1)[0], metres(lat, 2)[0]];
    return [lat, Math.sign(east) * ((Math.abs(east) - one) / (two - one) + 1)];
  }

  return L.extend({}, L.CRS.Earth, {
    code: "baidu",
    wrapLng: undefined,
    projection: {
      project: (at) => L.point(...metres(at.lat, at.lng)),
      unproject: (p) => L.latLng(...degrees(p.x, p.y)),
      bounds: L.bounds([-WIDTH / 2, -WIDTH / 2], [WIDTH / 2, WIDTH / 2]),
    },
    transformation: L.transformation(1 / WIDTH, 0.5, -1 / WIDTH, 0.5),
  });
}

/** Baidu's pictures: counted from the equator and from Greenwich, to the north and to the east. */
function baiduTiles(source, options) {
  const Tiles = L.TileLayer.extend({
    getTileUrl: function (at) {
      const half = Math.pow(2, at.z - 1);
      return L.Util.template(source, { z: at.z + 1, x: at.x - half, y: half - 1 - at.y });
    },
  });
  return new Tiles(source, Object.assign({}, options, { maxNativeZoom: options.maxNativeZoom - 1 }));
}
