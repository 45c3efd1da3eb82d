/* The map comes up. */

open(wide());
map.options.zoomSnap = 0.5;
map.setMinZoom(9);
map.setMaxZoom(19);
map.getContainer().setAttribute("role", "application");
map.getContainer().setAttribute("aria-label", document.title);
map.fitBounds(
  L.latLngBounds(shown(...unit(plan.view[0][0], plan.view[0][1])), shown(...unit(plan.view[1][0], plan.view[1][1]))),
  Object.assign({ animate: false }, wide() ? clear() : { paddingTopLeft: [16, 76], paddingBottomRight: [16, 92] })
);
L.control.scale({ imperial: false, maxWidth: wide() ? 140 : 90 }).addTo(map);
const corner = map.zoomControl.getContainer();
const zoomIn = corner.querySelector(".leaflet-control-zoom-in"), zoomOut = corner.querySelector(".leaflet-control-zoom-out");
zoomIn.title = plan.texts.zoom_in;
zoomIn.setAttribute("aria-label", plan.texts.zoom_in);
zoomOut.title = plan.texts.zoom_out;
zoomOut.setAttribute("aria-label", plan.texts.zoom_out);
const toolBar = document.getElementById("tools");
corner.after(toolBar);
L.DomEvent.disableClickPropagation(toolBar);
