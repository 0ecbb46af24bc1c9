// Takes from an open page what was withdrawn while it lay open. Everything works
// without this: whoever acts on what is gone is told so then.
(() => {
  const { ask } = document.currentScript.dataset;
  const gone = document.getElementById("gone");
  const every = 10_000;
  const most = 20;

  async function look() {
    const shown = [...document.querySelectorAll("[data-id]")];
    if (document.hidden || shown.length === 0) return;
    for (let at = 0; at < shown.length; at += most) {
      const ids = shown.slice(at, at + most).map((e) => ["id", e.dataset.id]);
      const answer = await fetch(`${ask}?${new URLSearchParams(ids)}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return location.reload(); // signed out: nothing may stay
      if (!answer.ok) return;
      const missing = new Set((await answer.json()).gone);
      for (const e of shown.slice(at, at + most)) {
        if (!missing.has(e.dataset.id)) continue;
        delete e.dataset.id;
        e.replaceChildren(gone.content.cloneNode(true));
      }
    }
  }

  const quietly = () => look().catch(() => {}); // no connection: the next look may have one
  setInterval(quietly, every);
  document.addEventListener("visibilitychange", quietly);
  addEventListener("pageshow", quietly);
})();
