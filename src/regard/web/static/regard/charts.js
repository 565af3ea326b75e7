// Charts that answer the pointer. The page is whole without this: the server has drawn them.
//
// Specifications travel as JSON in the page; expressions are interpreted, never evaluated, and no
// style element is added, so that the content security policy stays strict.

const embed = window.vegaEmbed;

for (const frame of embed ? document.querySelectorAll("[data-chart]") : []) {
  const said = JSON.parse(document.getElementById(frame.dataset.chart).textContent);
  const still = [...frame.querySelectorAll(".wide, .narrow")];
  const place = document.createElement("div");
  place.className = "live";
  frame.append(place);

  const draw = async () => {
    const width = Math.floor(place.clientWidth);
    const title = frame.querySelector("svg.chart").getAttribute("aria-label");
    // Some charts stand otherwise on a telephone.
    const spec = said.narrow && width < 560 ? said.narrow : said.spec;
    await embed(place, { ...spec, width }, {
      mode: "vega-lite",
      renderer: "svg",
      ast: true,
      actions: false,
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
      formatLocale: said.marks,
    });
    const svg = place.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", title);
    svg.classList.add("live-chart");
    for (const one of still) one.hidden = true;
  };

  draw().catch(() => place.remove());
  let wait = 0;
  let last = frame.clientWidth;
  new ResizeObserver(() => {
    if (frame.clientWidth === last) return;
    last = frame.clientWidth;
    clearTimeout(wait);
    wait = setTimeout(() => draw().catch(() => {}), 150);
  }).observe(frame);
}
