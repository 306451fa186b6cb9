import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

type Panel = cog.Builder<dashboard.Panel>;

/** The data source that whoever looks has chosen. */
const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' };

export interface Described {
  title: string;
  /** What it means when it is not as usual. */
  description: string;
  /** Grafana's name of a unit: `s`, `ms`, `reqps`, `percentunit`, `short`. */
  unit: string;
}

/** A number that is well below `from`, and red from there on. */
export function figure(what: Described & { expr: string; red: number | null }): Panel {
  const steps =
    what.red === null
      ? [{ value: null, color: 'text' }]
      : [
          { value: null, color: 'green' },
          { value: what.red, color: 'red' },
        ];
  return new stat.PanelBuilder()
    .title(what.title)
    .description(what.description)
    .datasource(PROMETHEUS)
    .unit(what.unit)
    .height(4)
    .span(4)
    .noValue('–')
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .withTarget(new DataqueryBuilder().expr(what.expr).instant().refId('A').legendFormat('__auto'));
}

/** Lines over time: what is asked, by the name that the line has. `{{label}}` stands for a label's value. */
export function lines(what: Described & { of: Record<string, string> }): Panel {
  const panel = new timeseries.PanelBuilder()
    .title(what.title)
    .description(what.description)
    .datasource(PROMETHEUS)
    .unit(what.unit)
    .min(0)
    .height(8)
    .span(8)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never);
  Object.entries(what.of).forEach(([name, expr], index) => {
    panel.withTarget(
      new DataqueryBuilder()
        .expr(expr)
        .range()
        .refId(String.fromCharCode(65 + index))
        .legendFormat(name),
    );
  });
  return panel;
}
