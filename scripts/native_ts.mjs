/**
 * For `node --import`: Node itself loads TypeScript, its types taken away. Test files of the machine's rooms run so: through Vite's runner every name that a module imports is
 * a property with a getter, which costs a machine half as much processor time again. Node does this by itself from 22.18 on; the oldest that oomscope runs on does not.
 */
import { register } from 'node:module';

register('./native_ts_hooks.mjs', import.meta.url);
