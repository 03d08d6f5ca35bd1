// The theme names some buttons in words that leave out what they say ("Toggle hidden
// content" for "Show code cell source"): their own text is the better name.
document.addEventListener("DOMContentLoaded", () => {
  const misnamed = "summary[aria-label], .search-button-field[aria-label]";
  for (const element of document.querySelectorAll(misnamed)) {
    element.removeAttribute("aria-label");
  }
});
