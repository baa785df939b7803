import type { SystemModel } from '../model/system-model';
import type { Graph, GraphNode, NodeKind } from './graph';
import { graphOf } from './graph';

/**
 * The picture of a system as Mermaid text: GitHub, GitLab and most editors show it as it is.
 * Pure: the same model gives the same text.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function renderMermaid(model: SystemModel): string {
  return mermaidOf(graphOf(model));
}

/** The brackets of each shape. */
const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  entry: ['([', '])'],
  service: ['[', ']'],
  state: ['[(', ')]'],
  job: ['{{', '}}'],
  external: ['[/', '/]'],
  internet: ['((', '))'],
};

/** Colours that can be told apart on white and on black; the text on them is always dark. */
const COLOURS: Readonly<Record<NodeKind, readonly [fill: string, stroke: string]>> = {
  entry: ['#dbeafe', '#2563eb'],
  service: ['#dcfce7', '#16a34a'],
  state: ['#fef3c7', '#d97706'],
  job: ['#f3e8ff', '#9333ea'],
  external: ['#f1f5f9', '#64748b'],
  internet: ['#f1f5f9', '#64748b'],
};
const TEXT_COLOUR = '#111827';

/** The text of a graph. */
export function mermaidOf(graph: Graph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.id, identifier(node, index)]));
  const line = (node: GraphNode, indent: string): string => {
    const [open, close] = SHAPES[node.kind];
    const text = [node.label, ...(node.detail === undefined ? [] : [node.detail])].map(escape).join('<br/>');
    return `${indent}${ids.get(node.id) ?? ''}${open}"${text}"${close}`;
  };
  const groups = [...new Set(graph.nodes.flatMap(({ group }) => group ?? []))];
  return [
    'flowchart LR',
    ...groups.flatMap((group, index) => [
      `  subgraph group${index} ["${escape(group)}"]`,
      ...graph.nodes.filter((node) => node.group === group).map((node) => line(node, '    ')),
      '  end',
    ]),
    ...graph.nodes.filter(({ group }) => group === undefined).map((node) => line(node, '  ')),
    ...graph.edges.map(({ from, to, label, loose }) => {
      const arrow = loose ? '-.->' : '-->';
      return `  ${ids.get(from) ?? ''} ${arrow}|"${escape(label)}"| ${ids.get(to) ?? ''}`;
    }),
    ...kindsIn(graph).flatMap((kind) => {
      const [fill, stroke] = COLOURS[kind];
      const members = graph.nodes.filter((node) => node.kind === kind).map((node) => ids.get(node.id) ?? '');
      return [
        `  classDef ${kind} fill:${fill},stroke:${stroke},color:${TEXT_COLOUR}`,
        `  class ${members.join(',')} ${kind}`,
      ];
    }),
    '',
  ].join('\n');
}

function kindsIn(graph: Graph): NodeKind[] {
  return (Object.keys(SHAPES) as NodeKind[]).filter((kind) => graph.nodes.some((node) => node.kind === kind));
}

/** A name that Mermaid takes for nothing else; the number keeps `a-b` and `a/b` apart. */
function identifier({ label }: GraphNode, index: number): string {
  return `n${index}_${label.replace(/[^A-Za-z0-9]/g, '_')}`;
}

/** Mermaid's own entity codes. */
function escape(text: string): string {
  return text.replace(/[#"<>&|[\]{}()\\`]/g, (char) => `#${char.codePointAt(0) ?? 0};`);
}
