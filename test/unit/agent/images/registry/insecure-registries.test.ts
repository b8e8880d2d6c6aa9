import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInsecure, loopbackOnly } from '../../../../../agent/images/registry/insecure-registries.ts';

test('without a list only this machine is insecure', () => {
  for (const registry of ['localhost', 'localhost:5000', '127.0.0.1:5000', '127.8.9.1', '[::1]:5000'])
    assert.ok(isInsecure(registry, loopbackOnly), registry);
  for (const registry of ['docker.io', '10.0.0.1:5000', 'localhost.example.com', '127.0.0.1.example.com', '[::2]'])
    assert.ok(!isInsecure(registry, loopbackOnly), registry);
});

test('a host is listed with its port, a network by its addresses', () => {
  const listed = {
    hosts: ['registry.example.com:5000'],
    networks: ['10.0.0.0/8', 'nonsense', '1.2.3.4/99', 'fd00::/8'],
  };
  for (const registry of ['registry.example.com:5000', '10.1.2.3:5000', '10.1.2.3', '[fd00::1]:5000'])
    assert.ok(isInsecure(registry, listed), registry);
  for (const registry of ['registry.example.com', 'registry.example.com:5001', '11.0.0.1', '1.2.3.4'])
    assert.ok(!isInsecure(registry, listed), registry);
});
