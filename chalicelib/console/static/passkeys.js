// Passkeys: the browser's own WebAuthn, from the options that the user pool sent to the answer that goes back to it.
// Without script, or in a browser that cannot, what belongs to passkeys stays hidden and the password is there.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const named = !/^[\d.:[\]]+$/.test(location.hostname); // a key is bound to a name; an address of digits has none
  const can = named && window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON && PublicKeyCredential.prototype.toJSON;
  for (const each of document.querySelectorAll("[data-passkeys]")) each.hidden = each.dataset.passkeys === (can ? "cannot" : "can");
  const form = one("form[data-options]");
  if (!form || !can) return;
  const say = (name) => {
    for (const each of form.querySelectorAll("[data-said]")) each.hidden = each.dataset.said !== name;
  };
  const ask = async () => {
    const options = JSON.parse(form.dataset.options);
    say("going");
    try {
      const made = form.dataset.does === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.answer.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch (why) {
      say(why.name === "InvalidStateError" ? "known" : "not");
    }
  };
  one("#ask").addEventListener("click", ask);
  ask();
})();
