import type { TunedPolicy } from '../ops/autoscaling/tune';
import type { Panel } from './chart';
import { escaped, heading, heightOf, levels, PALETTE, pixel, svg, xAxis, yAxis } from './chart';
import { roundScale } from './chart-scale';
import type { Tuning } from './frontier-report';
import { frontierTitle } from './frontier-report';

const PANEL: Panel = { left: 80, right: 840, top: 130, bottom: 520 };
const LOOKS = {
  choice: `<circle cx="11" cy="5" r="4.5" fill="${PALETTE.blue}"/>`,
  proposed: `<circle cx="11" cy="5" r="9" fill="none" stroke="${PALETTE.ink}" stroke-width="2"/>`,
  present: `<path d="M11 -3L19 5L11 13L3 5Z" fill="${PALETTE.orange}" stroke="${PALETTE.ink}"/>`,
} as const;

/** Cost against overload: the frontier, the proposal and the present policy, as an SVG that stands alone. */
export function frontierPicture(tuning: Tuning): string {
  const { choices, present, proposed, maxOverload } = tuning;
  const all = [...choices, present];
  const cost = roundScale(Math.max(...all.map(({ replicaHours }) => replicaHours)) * 1.05, { count: 10 });
  const overload = roundScale(Math.max(60, maxOverload, ...all.map(({ overloadSeconds }) => overloadSeconds)));
  const place = ({ replicaHours, overloadSeconds }: TunedPolicy): readonly [number, number] => [
    pixel(PANEL.left + (replicaHours / cost.top) * (PANEL.right - PANEL.left)),
    pixel(heightOf(PANEL, overloadSeconds / overload.top)),
  ];
  const mark = (choice: TunedPolicy, look: string, name: string): string => {
    const [x, y] = place(choice);
    return `<g transform="translate(${pixel(x - 11)} ${pixel(y - 5)})"><title>${escaped(`${name}: ${facts(choice)}`)}</title>${look}</g>`;
  };
  // what a choice costs more than the one before it buys nothing until the next one
  const line = choices.map((choice, index) => {
    const [x, y] = place(choice);
    return index === 0 ? `M${x} ${y}` : `H${x}V${y}`;
  });
  const said = proposed === undefined ? `none is overloaded for ${maxOverload} s or less` : facts(proposed);
  return svg(
    `${frontierTitle(tuning)}; cost against overload`,
    [`now: ${facts(present)}`, proposed === present ? 'proposed: the same' : `proposed: ${said}`],
    580,
    [
      heading(PANEL, 'Overloaded, seconds', [
        { look: LOOKS.choice, name: 'the frontier' },
        { look: LOOKS.present, name: 'now' },
        ...(proposed === undefined ? [] : [{ look: LOOKS.proposed, name: 'proposed' }]),
      ]),
      yAxis(PANEL, overload),
      xAxis(PANEL, cost, 'replica hours'),
      levels(PANEL, overload, [
        { value: maxOverload, name: `the goal: ${maxOverload} s`, color: PALETTE.vermillion, dashes: '6 4' },
      ]),
      `<path d="${line.join('')}" fill="none" stroke="${PALETTE.blue}" stroke-width="1.5"/>`,
      ...choices.map((choice) => mark(choice, LOOKS.choice, 'frontier')),
      mark(present, LOOKS.present, 'now'),
      ...(proposed === undefined ? [] : [mark(proposed, LOOKS.proposed, 'proposed')]),
    ],
  );
}

function facts(choice: TunedPolicy): string {
  const { replicaHours, overloadSeconds, targetValue, minReplicas } = choice;
  const cooldowns = `cooldowns ${choice.scaleUpCooldownSecs} s up and ${choice.scaleDownCooldownSecs} s down`;
  return `${replicaHours.toFixed(2)} replica hours, ${overloadSeconds} s overloaded; cpuTarget ${targetValue}, minReplicas ${minReplicas}, ${cooldowns}`;
}
