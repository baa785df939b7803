import { Construct } from 'constructs';
import { oncallRole } from '../kubernetes/oncall-role';
import { addObject } from './manifest';
import { chartOf } from './system';

/** The Role with the rights that the commands for a running system need. */
export class OncallRole extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    addObject(this, oncallRole(chartOf(this).prefix));
  }
}
