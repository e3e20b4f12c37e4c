// A stylelint rule: a unit of containers or of the visible viewport (cqi, dvh …) comes after the same property without
// it, because browsers without the unit drop the declaration and would take the browser's own size.
import stylelint from "stylelint";

const NAME = "escv/unit-fallback";
const NEW_UNIT = /\d(?:cq(?:[wihb]|min|max)|[dsl]v(?:[wihb]|min|max))\b/;
const messages = stylelint.utils.ruleMessages(NAME, {
  missing: (/** @type {string} */ name) => `Put “${name}” without container or dynamic viewport units before this one`,
});

/** @type {import("stylelint").Rule} */
const rule = (isOn) => (root, result) => {
  root.walkDecls((declaration) => {
    const { prop, parent, value } = declaration;
    if (!isOn || !NEW_UNIT.test(value)) {
      return;
    }
    const before = parent?.nodes.slice(0, parent.index(declaration)) ?? [];
    if (!before.some((one) => one.type === "decl" && one.prop === prop && !NEW_UNIT.test(one.value))) {
      stylelint.utils.report({ ruleName: NAME, result, node: declaration, message: messages.missing(prop) });
    }
  });
};
rule.ruleName = NAME;
rule.messages = messages;

export default stylelint.createPlugin(NAME, rule);
