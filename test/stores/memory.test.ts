import { stores } from '../../stores/index.ts';
import { storeContract } from '../contracts/store.ts';

storeContract('memory', async () => ({
  keeps: false,
  open: async () => stores.memory(),
  remove: async () => {},
}));
