// The desk without this still works: it adds the clock, keys, the reader's own time, and a warning
// when the desk has ended. Nothing is fetched but from the desk itself.
"use strict";
(() => {
  const root = document.documentElement, body = document.body;
  const all = (q, at = document) => [...at.querySelectorAll(q)];
  const one = (q) => document.querySelector(q);
  root.classList.add("js");

  // Times: the clock, and what is counted down to. A clock that stands is not moved.
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (n) => String(n).padStart(2, "0");
  const begun = Date.parse(body.dataset.now), loaded = performance.now();
  const stands = "stands" in body.dataset;
  const now = () => new Date(stands ? begun : begun + performance.now() - loaded);
  const left = (ms) => {
    const s = Math.floor(ms / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    if (s < 0) return "now";
    return d ? `in ${d} d ${h % 24} h` : h ? `in ${h} h ${two(m % 60)} min` : `in ${m} min ${two(s % 60)} s`;
  };
  const utc = (t) => `${DAYS[t.getUTCDay()]} ${t.getUTCDate()} ${MONTHS[t.getUTCMonth()]} ` +
    `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())}Z`;
  const tick = () => {
    const t = now(), clock = one("#clock");
    clock.textContent = utc(t);
    clock.dateTime = t.toISOString();
    for (const own of all("[data-until]")) own.textContent = left(Date.parse(own.dateTime) - t);
  };
  tick();
  if (!stands) setInterval(tick, 1000);

  // Here: every instant on the clock of this browser, in the form it has in UTC.
  const here = (t, like) => {
    const day = `${DAYS[t.getDay()]} ${t.getDate()} ${MONTHS[t.getMonth()]}`;
    const hm = `${two(t.getHours())}:${two(t.getMinutes())}`;
    if (/^\d\d:\d\d:\d\d$/.test(like)) return `${hm}:${two(t.getSeconds())}`;
    if (/^\d\d:\d\d$/.test(like)) return hm;
    return /\d\d:\d\d$/.test(like) ? `${day} ${hm}` : day;
  };
  for (const span of all(".u")) {
    const own = document.createElement("span"), time = span.closest("time");
    own.className = "here";
    own.textContent = time ? here(new Date(time.dateTime), span.textContent)
      : span.textContent.replace("UTC", "here");
    span.nextElementSibling.after(own);
  }

  // Looks: kept in a cookie of this address, read by the desk for the next page.
  const chosen = (name) => one(`input[name=${name}]:checked`).id.slice(3);
  const keep = () => {
    document.cookie = `desk-look=${chosen("tz")}.${chosen("theme")}; Path=/; SameSite=Strict; Max-Age=31536000`;
  };
  for (const input of all("input[name=tz], input[name=theme]")) input.addEventListener("change", keep);
  const turn = (name) => {
    const inputs = all(`input[name=${name}]`), at = inputs.findIndex((i) => i.checked);
    inputs[(at + 1) % inputs.length].checked = true;
    keep();
  };

  // Keys: off while something is typed, or when the reader switched them off.
  const dialog = one("#keys"), on = one("#keys-on");
  on.checked = localStorage.getItem("keys") !== "off";
  on.addEventListener("change", () => localStorage.setItem("keys", on.checked ? "on" : "off"));
  const contacts = all("[data-contact], tr:has(a[href^='/pass/'])");
  let at = -1;
  const move = (by) => {
    if (!contacts.length) return;
    contacts[at]?.classList.remove("at");
    at = Math.min(Math.max(at + by, 0), contacts.length - 1);
    contacts[at].classList.add("at");
    const link = contacts[at].querySelector("a[href^='/pass/']");
    (link ?? contacts[at]).focus({ preventScroll: true });
    contacts[at].scrollIntoView({ block: "nearest" });
  };
  const press = (act) => {
    const place = contacts[at] ?? document;
    const own = place.querySelector(`[data-act=${act}]`) ?? one(`[data-act=${act}]`);
    if (own) own.click();
  };
  const go = (href) => { location.href = href; };
  const does = {
    j: () => move(1), k: () => move(-1),
    Enter: () => { const a = contacts[at]?.querySelector("a[href^='/pass/']"); if (a) go(a.href); },
    p: () => press("pin"), b: () => press("ban"), o: () => press("out"), u: () => press("undo"),
    r: () => press("replan"), c: () => { const a = one("[data-act=compare]"); a ? a.click() : go("/plans"); },
    e: () => go("/export"), t: () => turn("tz"), d: () => turn("theme"),
    "/": () => { const own = one("#filter"); if (own) own.focus(); },
    "?": () => dialog.showModal(),
  };
  for (const tab of all(".tabs a")) does[tab.dataset.key] = () => go(tab.href);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (!on.checked && event.key !== "?") return;
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const act = does[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // Work: how far it is, asked each second; its page is made anew when it has ended.
  const job = one("[data-job]");
  const follow = async () => {
    try {
      const told = await (await fetch(`/job/${job.dataset.job}.json`, { cache: "no-store" })).json();
      if (!told.running) { location.reload(); return; }
      one("#how-far").textContent = told.words;
      if (told.share !== null) one("progress").value = told.share;
    } catch { /* the desk has ended: the notice below says so */ }
    setTimeout(follow, 1000);
  };
  if (job) setTimeout(follow, 1000);

  // Focus: where it was before a form was sent, on the page that it leads back to.
  const place = (e) => e?.closest("[data-contact]")?.dataset.contact ?? "";
  document.addEventListener("submit", (event) => {
    const act = event.submitter?.dataset.act ?? "";
    sessionStorage.setItem("focus", JSON.stringify([location.pathname, place(event.submitter), act]));
  });
  const [path, contact, act] = JSON.parse(sessionStorage.getItem("focus") ?? "[]");
  sessionStorage.removeItem("focus");
  if (path === location.pathname) {
    const card = contact ? one(`[data-contact="${CSS.escape(contact)}"]`) : document;
    // An act that is gone has its way back in its place; never that of the whole draft: Enter would undo.
    const own = act && card?.querySelector(`[data-act="${act}"]`);
    (own || (card ?? document).querySelector("main [data-act=free]") || one("#main")).focus();
  }

  // Gone: when the desk no longer answers the numbers stay, and forms are off.
  const gone = one("#gone");
  let since = "";
  const ask = async () => {
    let ok = false;
    try { ok = (await fetch("/alive", { cache: "no-store" })).ok; } catch { ok = false; }
    if (!ok && !since) since = utc(now()).slice(-9);
    gone.hidden = ok;
    if (ok) since = "";
    else gone.textContent = `Not connected since ${since}: the desk has ended. Numbers stay as they were.`;
    for (const button of all("form[method=post] button")) button.disabled = !ok;
  };
  setInterval(ask, 10000);
})();
