import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE } from 'js-yaml';
import type { ScalarStyleRule } from 'js-yaml';
import type { ComposeFile } from './compose-file';

const HEADER = '# Made by cdk8s-tars from the service model. Change main.ts, not this file.\n';

/** Texts of which one of the YAML readers in use could make a number or a time. */
const LIKE_A_NUMBER = /^(?:[0-9+.-][0-9A-Fa-fxXoO_+.:TtZz \t-]*|[eE][+-]?[0-9]+)$/;

/**
 * Quotes what looks like a number. js-yaml quotes what the YAML 1.1 and 1.2 specifications read as
 * one; Compose's reader, written in Go, takes more: `0_12394`, `-_4`, `1_e3` and `0o7_` are numbers
 * there, `2024-1-1` is a time. The package `yaml` reads `E0` as a number that is none.
 * @see https://github.com/go-yaml/yaml/blob/v3/resolve.go
 */
const quoteNumberLike: ScalarStyleRule = (layout) => {
  if (layout.style !== SCALAR_STYLE.PLAIN || layout.node.tag !== 'tag:yaml.org,2002:str') return;
  if (LIKE_A_NUMBER.test(layout.node.value)) layout.style = SCALAR_STYLE.SINGLE_QUOTED;
};

const STYLE_RULES = [quoteNumberLike, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];

/**
 * A Compose file as YAML that readers of YAML 1.1, 1.2 and Compose's own all take for the same.
 * @param remarks lines for the head of the file
 */
export function composeYaml(file: ComposeFile, remarks: readonly string[] = []): string {
  return HEADER + remarks.map((line) => `# ${line}\n`).join('') + dump(file, { noRefs: true, lineWidth: -1, scalarStyleRules: STYLE_RULES });
}
