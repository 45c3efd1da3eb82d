"use strict";
// The code is in the URL fragment, which browsers do not send and logs do not hold; the button sends it.
const code = location.hash.slice(1);
if (/^[\w-]{10,100}$/.test(code)) {
  document.getElementById("code").value = code;
  history.replaceState(null, "", "/enrol");
}
