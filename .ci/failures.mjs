/** So much of one failure's text is repeated. */
const LINES = 60;
/** How each kind of runner begins to tell what failed: `node --test` (spec, TAP) and Jest. */
const BEGINNINGS = [/^✖ failing tests:/, /^\s*not ok \d+/, /^\s*● .* › /, /^FAILED /];

/**
 * What a runner said of that which failed, out of all that it printed; the end of it where nothing looks like that.
 * @param {string} output
 * @returns {string}
 */
export function failuresOf(output) {
  const lines = output.split('\n');
  const kept = new Set();
  lines.forEach((line, index) => {
    if (!BEGINNINGS.some((beginning) => beginning.test(line))) return;
    for (let at = index; at < Math.min(index + LINES, lines.length) && !/^=== /.test(lines[at] ?? ''); at++)
      kept.add(at);
  });
  const chosen = kept.size > 0 ? lines.filter((_, index) => kept.has(index)) : lines.slice(-LINES);
  return chosen.join('\n').trim();
}
