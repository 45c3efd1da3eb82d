"use strict";
// The code stands behind the #, which no server and no log is told; it is sent when somebody presses the button.
const code = location.hash.slice(1);
if (/^[\w-]{10,100}$/.test(code)) {
  document.getElementById("code").value = code;
  history.replaceState(null, "", "/enrol");
}
