// End of the session: delete the order at once, then sign out at the server.
async function endSession(said) {
  if (isEnded) return;
  isEnded = true;
  shutOut = said;
  clearTimeout(timer);
  for (const waiting of timers.values()) clearTimeout(waiting);
  if (source) source.close();
  order = null;
  [typed, progress, marks, chosen, formOf, question] = [{}, {}, noMarks(), null, null, null];
  document.getElementById("said").value = "";
  for (const id of ["home", "talk", "from"]) document.getElementById(id).hidden = true;
  document.querySelectorAll("#rows, #talk ul, #list ol").forEach((part) => part.replaceChildren());
  show();
  (await opened).close();
  await forgetOrders([DATABASE]);
  // Shown only after the order is deleted.
  [banner.dataset.kind, banner.textContent] = ["fault", said];
}

// Send queued reports first if possible. Offline, the phone deletes its order and signs out as soon as it is online.
async function leave(form) {
  const sent = async () => {
    for (const [visit, rows] of Object.entries(typed)) for (const [row, own] of Object.entries(rows)) if (own.sent === false) await sendRow(visit, row);
    while (await pushOnce());
  };
  // Reports that cannot be sent in time stay, encrypted.
  await Promise.race([sent().catch(() => {}), new Promise((done) => setTimeout(done, 3000))]);
  const n = isEnded ? 0 : (await asked((await opened).transaction("queue").objectStore("queue").count()));
  localStorage.setItem(LEFT, String(n));
  await endSession(say("board.phone.signed_out"));
  await signOut(form, n);
}

async function signOut(form, n) {
  const content = new URLSearchParams(new FormData(form));
  // The server makes the browser delete everything except unsent reports.
  if (n) content.set("unsent", String(n));
  try {
    const answer = await fetch("/logout", { method: "POST", body: content, redirect: "manual", signal: AbortSignal.timeout(15000) });
    if (answer.status >= 500) throw new Error(String(answer.status));
  } catch {
    setTimeout(() => signOut(form, n), 5000);
    return;
  }
  localStorage.removeItem(LEFT);
  location.replace("/login");
}

const leaving = document.querySelector("form[action='/logout']");
leaving.addEventListener("submit", (event) => { event.preventDefault(); leave(leaving).catch(() => leaving.submit()); });
start().catch(() => { banner.dataset.kind = "fault"; banner.textContent = say("board.phone.no_store"); });
