// @ts-check

/**
 * What BuildKit's plain output says of a build.
 *
 * @typedef {object} BuildReport
 * @property {Map<string, 'cached' | 'done'>} steps by the text after their number, such as `runtime 5/5] COPY . .`
 * @property {number} contextBytes sent by the client for the build's context
 */

const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

/**
 * Reads the output of `docker build --progress=plain`.
 *
 * @param {string} text
 * @returns {BuildReport}
 */
export function readBuildOutput(text) {
  /** @type {Map<string, string>} */
  const names = new Map();
  /** @type {BuildReport['steps']} */
  const steps = new Map();
  let contextBytes = -1;
  for (const line of text.split('\n')) {
    const [, number = '', rest = ''] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (/^\[.*\]/.test(rest)) {
      names.set(number, rest);
    }
    const name = names.get(number) ?? '';
    if (rest === 'CACHED') {
      steps.set(name, 'cached');
    } else if (/^DONE /.test(rest)) {
      steps.set(name, 'done');
    }
    const sent = /^transferring context: ([\d.]+)([kMG]?B)\b.*done$/.exec(rest);
    if (sent && name.includes('load build context')) {
      contextBytes = Number(sent[1]) * units[/** @type {keyof typeof units} */ (sent[2])];
    }
  }
  return { steps, contextBytes };
}
