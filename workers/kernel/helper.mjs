// A helper thread of the kernels in a browser: one message starts it (serve.mjs), its owner ends it.
import { serve } from './serve.mjs';

globalThis.onmessage = ({ data }) => {
  serve(data);
  globalThis.close();
};
