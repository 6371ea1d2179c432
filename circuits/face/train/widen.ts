import { INTEGER_LIMIT, type IntGraph, type Table } from '../../../src/model/index.ts';

/**
 * The same network with tables that are 2^bits times as wide: few pictures calibrate a network, and the rows cost nothing where the table
 * is shared with a larger network. The function of a table does not depend on its domain.
 */
export const widened = (network: IntGraph, bits: number, chosen: (table: Table) => boolean = () => true): IntGraph => ({
  ...network,
  tables: network.tables.map((table) => {
    const by = 2 ** bits;
    const domain = {
      min: Math.max(-INTEGER_LIMIT, table.domain.min * by),
      max: Math.min(INTEGER_LIMIT - 1, (table.domain.max + 1) * by - 1),
    };
    return table.total || !chosen(table) ? table : { ...table, domain };
  }),
});
