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
  let end = 0;
  const told = lines.filter((line, index) => {
    if (BEGINNINGS.some((beginning) => beginning.test(line))) end = index + LINES;
    if (line.startsWith('=== ')) end = index;
    return index < end;
  });
  return (told.length > 0 ? told : lines.slice(-LINES)).join('\n').trim();
}
