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
    const key = await crypto.subtle.deriveKey(kdf, raw, { name: "AES-GCM", length: 256 }, false, ["decrypt", "encrypt"]);
    const how = (nonce) => ({ name: "AES-GCM", iv: nonce, additionalData: utf8.encode(sealed.bound_to) });
    const plainText = async (nonce, locked) => new TextDecoder().decode(await crypto.subtle.decrypt(how(nonce), key, locked));
    // The answers are encrypted with the same key and a new nonce each time, and open with the same passphrase.
    const store = {
      load: async function (name) {
        const [nonce, locked] = (localStorage.getItem(name + " sealed") || "").split(".");
        return locked ? plainText(bytes(nonce), bytes(locked)) : null;
      },
      save: async function (name, text) {
        if (text === null) return localStorage.removeItem(name + " sealed");
        const nonce = crypto.getRandomValues(new Uint8Array(12));
        const locked = new Uint8Array(await crypto.subtle.encrypt(how(nonce), key, utf8.encode(text)));
        localStorage.setItem(name + " sealed", [nonce, locked].map((b) => btoa(Array.from(b, (n) => String.fromCharCode(n)).join(""))).join("."));
      },
    };
    return [await plainText(bytes(sealed.nonce), bytes(sealed.ciphertext)), store];
  }

  // Show the order in place of the passphrase form; it holds no script, and the page's policy allows only its own.
  function show(text, store) {
    const page = new DOMParser().parseFromString("<!DOCTYPE html><body>" + text, "text/html");
    const again = document.createElement("button");
    again.id = "again";
    again.type = "button";
    again.textContent = sealed.texts.lock;
    again.addEventListener("click", () => location.reload());
    document.body.replaceChildren(...page.body.childNodes, again);
    window.scrollTo(0, 0);
    fillOrder(store);
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    if (!window.crypto || !crypto.subtle) return void (told.textContent = sealed.texts.no_crypto);
    if (!field.value.trim()) return void (told.textContent = sealed.texts.empty);
    button.disabled = true;
    told.textContent = sealed.texts.working;
    try {
      show(...(await opened(field.value)));
    } catch (fault) {
      button.disabled = false;
      told.textContent = sealed.texts.wrong;
      field.select();
    }
  });
  field.focus();
})();
