import { Construct } from 'constructs';
import { admissionObjects } from '../kubernetes/admission-policies';
import { addObject } from './manifest';
import { chartOf, systemOf } from './system';

/** The API server's own guard: later edits that break what was proved are refused, in the chart's namespace. */
export class AdmissionPolicies extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const { namespace, prefix } = chartOf(this);
    for (const object of admissionObjects({ namespace, prefix }, () => systemOf(this))) addObject(this, object);
  }
}
