import { defineGraph } from '../../src/graph';

/** The next version of the order: somebody checks it before it is paid, and a failed payment is called declined. */
export default defineGraph({
  name: 'order',
  version: 2,
  title: 'Order',
  steps: [
    { key: 'cart', label: 'Cart', states: ['OPEN'] },
    { key: 'check', label: 'Check', states: ['CHECK_PENDING'] },
    { key: 'payment', label: 'Payment', states: ['PAYMENT_PENDING', 'PAYMENT_DECLINED'] },
    { key: 'delivery', label: 'Delivery', states: ['PAID', 'SHIPPED'] },
  ],
  transitions: {
    OPEN: ['OPEN', 'CHECK_PENDING', 'CANCELLED'],
    CHECK_PENDING: ['PAYMENT_PENDING', 'CANCELLED'],
    PAYMENT_PENDING: ['PAID', 'PAYMENT_DECLINED', 'CANCELLED'],
    PAYMENT_DECLINED: ['PAYMENT_PENDING', 'CANCELLED'],
    PAID: ['SHIPPED', 'CANCELLED'],
    SHIPPED: ['DELIVERED'],
  },
  terminal: ['DELIVERED', 'CANCELLED'],
});
