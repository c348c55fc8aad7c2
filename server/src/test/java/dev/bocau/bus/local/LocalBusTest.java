package dev.bocau.bus.local;

import dev.bocau.bus.Bus;
import dev.bocau.bus.BusContract;

class LocalBusTest extends BusContract {
    @Override
    protected Bus open() {
        return new LocalBus();
    }
}
