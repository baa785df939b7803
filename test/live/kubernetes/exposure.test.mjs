// @ts-check
// The ways in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { describeSystem } from '../../smoke/smoke.mjs';
import { settings } from '../settings.mjs';
import { stackRestored, stackWith } from './stack.mjs';

describe('through the Ingress, with a certificate of the development authority', () => {
  before(() => stackWith('{ tls: { selfSigned: true } }'));
  after(() => stackRestored());

  describeSystem(
    'the system',
    () => ({
      page: 'https://tars.local',
      api: 'https://api.tars.local',
      address: settings.address,
      authority: readFileSync(join(settings.project, 'secrets', 'tls', 'ca.crt'), 'utf8'),
    }),
    { picture: process.env.TARS_SMOKE_PICTURE },
  );
});
