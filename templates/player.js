// The transcript in step with the sound. The page reads and plays without this file.
(() => {
  const audio = document.querySelector(".player audio");
  const template = document.querySelector(".player template");
  if (!audio || !template) return;
  template.replaceWith(template.content);

  const cues = [...document.querySelectorAll("[data-from]")];
  const starts = cues.map((cue) => Number(cue.dataset.from));
  const chapters = [...document.querySelectorAll(".chapters [data-t]")];
  const chapterStarts = chapters.map((chapter) => Number(chapter.dataset.t));
  const follow = document.querySelector("[data-follow]");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let cue = null;
  let chapter = null;

  const seek = (seconds) => {
    audio.currentTime = Math.max(0, seconds);
  };
  const last = (times, now) => {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= now) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const show = () => {
    const now = audio.currentTime + 0.05;
    const said = cues[last(starts, now)] || null;
    const part = chapters[last(chapterStarts, now)] || null;
    if (said !== cue) {
      cue?.classList.remove("now");
      said?.classList.add("now");
      cue = said;
      if (said && follow?.getAttribute("aria-pressed") === "true") {
        said.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
      }
    }
    if (part !== chapter) {
      chapter?.removeAttribute("aria-current");
      part?.setAttribute("aria-current", "true");
      chapter = part;
    }
  };
  const fromAddress = () => {
    const found = /^#t=([\d.]+)$/.exec(location.hash);
    if (found) seek(Number(found[1]));
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-t], [data-skip], [data-follow]");
    if (!target) return;
    if (target.dataset.t !== undefined) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      seek(Number(target.dataset.t));
      audio.play();
    } else if (target.dataset.skip) {
      seek(audio.currentTime + Number(target.dataset.skip));
    } else {
      const on = target.getAttribute("aria-pressed") !== "true";
      target.setAttribute("aria-pressed", String(on));
    }
  });
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("seeked", show);
  addEventListener("hashchange", fromAddress);
  fromAddress();
})();
