import { graphOf } from '../../lib/diagram/graph';
import { mermaidOf, renderMermaid } from '../../lib/diagram/render-mermaid';
import { renderText } from '../../lib/diagram/render-text';
import { anEndpoint, aSystem } from '../support/builders';
import { tarsModel } from '../support/tars-model';

const arrows = (model: Parameters<typeof graphOf>[0]): string[] => {
  const { nodes, edges } = graphOf(model);
  const label = (id: string): string => nodes.find((node) => node.id === id)?.label ?? '?';
  return edges.map(({ from, to, label: text, loose }) => `${label(from)} ${loose ? '..' : '--'}${text}> ${label(to)}`);
};

describe('graphOf', () => {
  test('the links, the ways in and the internet of the TARS stack', () => {
    expect(arrows(tarsModel())).toEqual([
      'api.tars.local ..8000> backend',
      'tars.local ../api 8000, /ws 8001> backend',
      'tars.local ..3000> frontend',
      'load balancer ..8000, 8001> backend',
      'adminer --5432> postgres',
      'backend --11434> ollama',
      'backend --5432> postgres',
      'backend --6379> redis',
      'frontend --8000, 8001> backend',
      'grafana --9090> prometheus',
      'prometheus ..8000> backend',
      'backend ..443> internet',
      'ollama ..443> internet',
    ]);
  });

  test('every link of the model is there, once', () => {
    const model = tarsModel();
    const { edges } = graphOf(model);
    for (const { client, target } of model.links) {
      const found = edges.filter(({ from, to }) => from === client.path && to === target.spec.path);
      expect(found).toHaveLength(1);
      expect(found[0]?.label.split(', ')).toContain(String(target.port.number));
    }
  });

  test('groups: what is switched on together, else what kind of thing it is', () => {
    const groups = graphOf(tarsModel()).nodes.map(({ label, group }) => `${label}: ${group ?? '-'}`);
    expect(groups).toEqual(
      expect.arrayContaining([
        'backend: services',
        'postgres: state',
        'grafana: monitoring',
        'prometheus: monitoring',
        'api.tars.local: from outside',
        'internet: -',
      ]),
    );
  });

  test('kinds and details', () => {
    const model = aSystem({
      services: [
        { name: 'job', workload: 'cron-job', schedule: '0 3 * * *', connectTo: [anEndpoint('mail', 'smtp')] },
        { name: 'web', replicas: 2 },
      ],
      externals: [
        {
          path: 'tars/mail',
          chart: 'tars',
          name: 'mail',
          host: 'mail.example.com',
          ports: [{ name: 'smtp', number: 587 }],
          cidrs: [],
          composeStandIn: undefined,
          composeHost: undefined,
        },
      ],
    });
    expect(graphOf(model).nodes.map(({ kind, label, detail }) => [kind, label, detail])).toEqual([
      ['job', 'job', '0 3 * * *'],
      ['service', 'web', '2 replicas'],
      ['external', 'mail', 'mail.example.com'],
    ]);
  });
});

describe('renderMermaid', () => {
  test('the same model gives the same text', () => {
    expect(renderMermaid(tarsModel())).toBe(renderMermaid(tarsModel()));
  });

  test('shapes say what a thing is', () => {
    const text = renderMermaid(tarsModel());
    expect(text).toMatch(/^ {4}n\d+_postgres\[\("postgres"\)\]$/m);
    expect(text).toMatch(/^ {4}n\d+_frontend\["frontend"\]$/m);
    expect(text).toMatch(/^ {2}n\d+_internet\(\("internet"\)\)$/m);
  });

  test('no text of a node can end it', () => {
    const node = { id: 'a', kind: 'service', label: 'a"] --> b["', detail: '*/5 <x>', group: undefined } as const;
    const text = mermaidOf({ title: 't', nodes: [node], edges: [] });
    expect(text.split('\n')[1]).toBe('  n0_a_______b__["a#34;#93; --#62; b#91;#34;<br/>*/5 #60;x#62;"]');
  });
});

test('renderText names each service once, its arrows below it', () => {
  const text = renderText(tarsModel());
  expect(text).toMatch(
    /^monitoring\n {2}grafana\n {2}└─ 9090 ─▶ prometheus\n {2}prometheus\n {2}└┄ 8000 ┄▶ backend\n/m,
  );
  expect(text.match(/^ {2}postgres$/gm)).toHaveLength(1);
});
