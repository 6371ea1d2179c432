// app: the screens. React, the strings, the design. Imports base, protocol, the credit-score statement, verify, vault and client;
// nothing imports it but index.html. All work that takes long or touches the network is client's, all storage vault's.

export { start } from './start.tsx';
