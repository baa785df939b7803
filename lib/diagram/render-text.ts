import type { SystemModel } from '../model/system-model';
import type { Graph, GraphEdge, GraphNode } from './graph';
import { graphOf } from './graph';

/**
 * The picture of a system for a terminal: each box once, its arrows below it. Boxes and lines drawn
 * with characters are soon unreadable, and wider than the terminal; a list is neither.
 */
export function renderText(model: SystemModel): string {
  return textOf(graphOf(model));
}

/** The text of a graph. */
export function textOf(graph: Graph): string {
  const labels = new Map(graph.nodes.map((node) => [node.id, node.label]));
  // What stands in no group shows at the ends of the arrows.
  const groups = [...new Set(graph.nodes.flatMap(({ group }) => group ?? []))];
  return groups
    .map((group) => {
      const nodes = graph.nodes.filter((node) => node.group === group);
      const lines = nodes.flatMap((node) => [
        `  ${titleOf(node)}`,
        ...arrows(
          graph.edges.filter((edge) => edge.from === node.id),
          labels,
        ),
      ]);
      return `${group}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function titleOf({ label, detail }: GraphNode): string {
  return detail === undefined ? label : `${label} (${detail})`;
}

function arrows(edges: readonly GraphEdge[], labels: ReadonlyMap<string, string>): string[] {
  return edges.map(({ to, label, loose }, index) => {
    const line = loose ? '┄' : '─';
    return `  ${index === edges.length - 1 ? '└' : '├'}${line} ${label} ${line}▶ ${labels.get(to) ?? to}`;
  });
}
