// @ts-check
/** The four straight sides around a cloud of points, as around the light modules of a code seen aslant. */

/** @typedef {import("./types.js").Point} Point */

const SIDES = 4;

/**
 * The corners of a four-sided figure that holds all points and is hardly larger than it must be, in turn; null
 * where the points have no area.
 * @param {Point[]} points  From top to bottom; of points in a row in any order.
 * @returns {Point[] | null}
 */
export function quadAround(points) {
  const corners = hull(points);
  while (corners.length > SIDES) {
    const places = corners.map((_, side) => dropped(corners, side));
    let best = -1;
    places.forEach((place, side) => {
      best = place !== null && (best < 0 || place.area < /** @type {Dropped} */ (places[best]).area) ? side : best;
    });
    if (best < 0) {
      return null;
    }
    const { corner } = /** @type {Dropped} */ (places[best]);
    const last = best + 1 === corners.length;
    corners.splice(best, last ? 1 : 2, corner);
    if (last) {
      corners.shift();
    }
  }
  return corners.length === SIDES ? corners : null;
}

/** @typedef {{corner: Point, area: number}} Dropped */

/** What becomes of a side's two corners where its neighbours run on until they meet; null where they never do.
 * @param {Point[]} corners @param {number} side @returns {Dropped | null} */
function dropped(corners, side) {
  const count = corners.length;
  const [before, from, to, after] = [count - 1, 0, 1, 2].map((step) => corners[(side + step) % count]);
  const [inX, inY, outX, outY] = [from.x - before.x, from.y - before.y, after.x - to.x, after.y - to.y];
  const turn = inX * outY - inY * outX;
  if (turn <= 0) {
    return null;
  }
  const along = ((to.x - from.x) * outY - (to.y - from.y) * outX) / turn;
  const corner = { x: from.x + along * inX, y: from.y + along * inY };
  return { corner, area: Math.abs(cross(from, corner, to)) };
}

/** The corners of the convex hull in turn. @param {Point[]} points @returns {Point[]} */
function hull(points) {
  const sorted = [...points].sort((one, other) => one.y - other.y || one.x - other.x);
  const half = (/** @type {Point[]} */ along) => {
    /** @type {Point[]} */
    const kept = [];
    for (const point of along) {
      while (kept.length > 1 && cross(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) {
        kept.pop();
      }
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Twice the area of the triangle, negative where it turns the other way.
 * @param {Point} from @param {Point} to @param {Point} point */
function cross(from, to, point) {
  return (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x);
}
