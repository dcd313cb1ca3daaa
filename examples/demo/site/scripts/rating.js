// <star-rating>: five buttons in an open shadow root, so that tests can show how they reach into one.
const STYLE = `
  :host { display: inline-flex; align-items: center; gap: .25rem; font: inherit; }
  button { border: 0; padding: 0 .1rem; background: none; color: #c9b8a4; font-size: 1.7rem; line-height: 1; cursor: pointer; }
  button[aria-pressed=true] { color: #c8741a; }
  button:focus-visible { outline: 3px solid #e08a2e; border-radius: 4px; }
  output { margin-left: .6rem; color: #6a5d54; }
`;

class StarRating extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.stars = [1, 2, 3, 4, 5].map((value) => this.star(value));
    this.verdict = document.createElement("output");
    this.verdict.id = "verdict";
    this.verdict.textContent = "Not rated yet";
    root.append(style, ...this.stars, this.verdict);
  }

  star(value) {
    const button = document.createElement("button");
    button.type = "button";
    button.id = `star-${value}`;
    button.textContent = "★";
    button.setAttribute("aria-label", value === 1 ? "1 star" : `${value} stars`);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => this.rate(value));
    return button;
  }

  rate(value) {
    this.stars.forEach((star, index) => star.setAttribute("aria-pressed", String(index < value)));
    this.verdict.textContent = `You gave ${value} of 5 stars`;
  }
}

customElements.define("star-rating", StarRating);
