/** Where on the page what is shown. */

/**
 * The slots of templates/scanner/viewfinder.html and of the kiosk; a page may leave any of them out.
 * @param {HTMLElement} root
 */
export function placesIn(root) {
  const at = (/** @type {string} */ name) => root.querySelector(`[data-${name}]`);
  return {
    result: at("result"),
    line: at("refusal"),
    tint: at("tint"),
    hint: at("hint"),
    notices: at("notices"),
    recent: at("recent"),
    recentList: at("recent-list"),
  };
}
