import { doctorData, doctorText } from '../../lib/cli/doctor/report';
import type { DoctorReport } from '../../lib/cli/doctor/report';
import type { Paint } from '../../lib/cli/paint';

const plain: Paint = (_, text) => text;
const well: DoctorReport = {
  ...{ target: 'kubernetes', where: 'namespace shop', links: 3 },
  ...{
    findings: [],
    unread: [],
    notes: ['not tried from inside of web: its image has no python, node or nc'],
    tried: 2,
  },
};
const LINE = 'nothing is wrong: kubernetes, namespace shop (2 of 3 connections tried from inside)\n';

test('where all is well and everything was seen it is one line', () => {
  expect(doctorText(well, plain)).toBe(LINE);
});

test('what may not be seen is said also where nothing is wrong', () => {
  const report = { ...well, unread: ['Job', 'Secret'] };
  expect(doctorText(report, plain)).toBe(`${LINE}not looked at: Job, Secret, which you may not read\n`);
  expect(doctorData(report)).toMatchObject({
    healthy: true,
    unread: ['Job', 'Secret'],
    notes: ['not looked at: Job, Secret, which you may not read', ...well.notes],
  });
});
