// @ts-check
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * Something that a suite has measured.
 *
 * @typedef {object} Figure
 * @property {string} suite
 * @property {string} name what was measured, in words
 * @property {number} value
 * @property {string} unit `s`, `requests`, `connections`, …
 */

/**
 * Notes a figure for the table at the end of the run. Run by hand, without the runner, a suite prints it.
 *
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 */
export function figure(name, value, unit) {
  const rounded = Number(value.toFixed(value < 10 ? 2 : 1));
  const line = { suite: process.env.TARS_LIVE_SUITE ?? '', name, value: rounded, unit };
  const file = process.env.TARS_LIVE_RECORD;
  if (file) {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  } else {
    console.log(`${name}: ${rounded} ${unit}`);
  }
}

/**
 * @param {string} file
 * @returns {Figure[]}
 */
export function readFigures(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line));
}

/** @param {readonly Figure[]} figures */
export function figureTable(figures) {
  const rows = figures.map(({ suite, name, value, unit }) => [suite, name, `${value}`, unit]);
  const [first = 0, second = 0, third = 0] = [0, 1, 2].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map(
      ([suite = '', name = '', value = '', unit]) =>
        `${suite.padEnd(first)}  ${name.padEnd(second)}  ${value.padStart(third)} ${unit}`,
    )
    .join('\n');
}
