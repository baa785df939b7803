import { roundScale, timeScale } from '../../lib/cli/chart-scale';

test.each([
  [9, [0, 2, 4, 6, 8, 10]],
  [10, [0, 2, 4, 6, 8, 10]],
  [25, [0, 5, 10, 15, 20, 25]],
  [400, [0, 100, 200, 300, 400]],
  [0.3, [0, 0.1, 0.2, 0.3]],
  [0, [0, 1]],
])('an axis up to %d has the marks %j', (most, marks) => {
  expect(roundScale(most)).toEqual({ top: marks.at(-1), marks });
});

test('what is counted has whole steps', () => {
  expect(roundScale(3, { least: 1 }).marks).toEqual([0, 1, 2, 3]);
});

test.each([
  [120, 'minutes:seconds since the start', ['0:00', '0:30', '1:00', '1:30', '2:00']],
  [1200, 'hours:minutes since the start', ['0:00', '0:05', '0:10', '0:15', '0:20']],
  [86_400, 'hours:minutes since the start', ['0:00', '6:00', '12:00', '18:00', '24:00']],
  [8 * 86_400, 'days since the start', ['0', '2', '4', '6', '8']],
  [365 * 86_400, 'days since the start', ['0', '100', '200', '300']],
])('%d seconds are %s: %j', (end, title, texts) => {
  const scale = timeScale(end, 4);
  expect(scale.title).toBe(title);
  expect(scale.marks.map(({ text }) => text)).toEqual(texts);
});
