/**
 * Style sheets for the oldest browsers that package.json names (`browserslist`): what they do not know is dropped by
 * them, so it may only add looks, or comes after a plain form. A rule with its own reason has a comment of its own.
 */
export default {
  plugins: ["stylelint-no-unsupported-browser-features", "./scripts/stylelint_fallback.mjs"],
  reportNeedlessDisables: true,
  rules: {
    "escv/unit-fallback": true,
    "plugin/no-unsupported-browser-features": [
      true,
      {
        ignorePartialSupport: true,
        ignore: [
          // The rule `escv/unit-fallback` asks for the plain form before each.
          "css-container-query-units",
          "viewport-unit-variants",
          // The first paint before scripts run; browsers without it show the plain forms first.
          "css-media-scripting",
          // Only looks, or the touch of a device that the browser is not made for.
          "css-color-adjust",
          "css-dir-pseudo",
          "css-paged-media",
          "css-resize",
          "css-touch-action",
          "text-size-adjust",
        ],
      },
    ],
  },
};
