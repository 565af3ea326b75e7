// Sections that take long come after the page. Without this each is a link to a page of its own.

const fill = async (section) => {
  const said = section.querySelector(".waiting");
  const link = said.innerHTML;
  said.textContent = section.dataset.waiting;
  section.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(section.dataset.part, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    section.innerHTML = await answer.text();
  } catch {
    said.innerHTML = link;
    said.append(` ${section.dataset.failed}`);
  }
  section.removeAttribute("aria-busy");
};

// One after another: they share the engine, and the first is the most pressing.
for (const section of document.querySelectorAll("[data-part]")) await fill(section);
