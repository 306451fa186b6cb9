import { defineGraph, type GraphState } from '../../src/graph';

/** An order in a shop: the smallest graph that has more than one way to go. */
const orderGraph = defineGraph({
  name: 'order',
  version: 1,
  title: 'Order',
  steps: [
    { key: 'cart', label: 'Cart', states: ['OPEN'] },
    { key: 'payment', label: 'Payment', states: ['PAYMENT_PENDING', 'PAYMENT_FAILED'] },
    { key: 'delivery', label: 'Delivery', states: ['PAID', 'SHIPPED'] },
  ],
  transitions: {
    // An order may be changed any number of times, and every change is audited: a state that leads to itself.
    OPEN: ['OPEN', 'PAYMENT_PENDING', 'CANCELLED'],
    PAYMENT_PENDING: ['PAID', 'PAYMENT_FAILED', 'CANCELLED'],
    PAYMENT_FAILED: ['PAYMENT_PENDING', 'CANCELLED'],
    PAID: ['SHIPPED', 'CANCELLED'],
    SHIPPED: ['DELIVERED'],
  },
  terminal: ['DELIVERED', 'CANCELLED'],
});

export type OrderState = GraphState<typeof orderGraph>;

export default orderGraph;
