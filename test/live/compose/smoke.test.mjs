// @ts-check
// The ways in: by host name, and by the ports that people type.
import { describeSystem } from '../../smoke/smoke.mjs';
import { places, target } from './stack.mjs';

describeSystem('through the gateway, by host name', target, { picture: process.env.TARS_SMOKE_PICTURE });

describeSystem('on the ports of the page and of the backend', {
  ...target,
  page: places.devServer,
  api: places.backend,
});
