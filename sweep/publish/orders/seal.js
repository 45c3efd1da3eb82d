"use strict";
(function () {
  const sealed = JSON.parse(document.getElementById("sealed").textContent);
  const form = document.getElementById("lock-form");
  const field = document.getElementById("passphrase");
  const button = form.querySelector("button");
  const told = document.getElementById("told");

  function bytes(text) {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  }

  async function opened(passphrase) {
    const utf8 = new TextEncoder(), plain = passphrase.normalize("NFKC").trim();
    const raw = await crypto.subtle.importKey("raw", utf8.encode(plain), "PBKDF2", false, ["deriveKey"]);
    const kdf = { name: "PBKDF2", salt: bytes(sealed.salt), iterations: sealed.iterations, hash: "SHA-256" };
    const key = await crypto.subtle.deriveKey(kdf, raw, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const how = { name: "AES-GCM", iv: bytes(sealed.nonce), additionalData: utf8.encode(sealed.bound_to) };
    return new TextDecoder().decode(await crypto.subtle.decrypt(how, key, bytes(sealed.ciphertext)));
  }

  // The order in the place of the lock; it brings no script, and the page's policy would run none.
  function show(text) {
    const page = new DOMParser().parseFromString("<!DOCTYPE html><body>" + text, "text/html");
    const again = document.createElement("button");
    again.id = "again";
    again.type = "button";
    again.textContent = sealed.texts.lock;
    again.addEventListener("click", () => location.reload());
    document.body.replaceChildren(...page.body.childNodes, again);
    window.scrollTo(0, 0);
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    if (!window.crypto || !crypto.subtle) return void (told.textContent = sealed.texts.no_crypto);
    if (!field.value.trim()) return void (told.textContent = sealed.texts.empty);
    button.disabled = true;
    told.textContent = sealed.texts.working;
    try {
      show(await opened(field.value));
    } catch (fault) {
      button.disabled = false;
      told.textContent = sealed.texts.wrong;
      field.select();
    }
  });
  field.focus();
})();
