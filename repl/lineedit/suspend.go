package lineedit

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// stopTime is how long the process waits to be stopped. The system does not stop it where no shell
// could continue it.
const stopTime = 200 * time.Millisecond

// suspend stops the process, with the terminal as it was, until it is continued.
func (e *Editor) suspend(b buffer) {
	e.screen.leave(e.finalFrame(b.Text(), ""))
	onFlush := e.screen.onFlush
	e.screen.onFlush = nil
	e.keys.TearDown()
	select {
	case <-e.keys.awake: // of another time
	default:
	}
	syscall.Kill(0, syscall.SIGTSTP) // as the terminal would: all processes of the program stop
	select {
	case <-e.keys.awake:
	case <-time.After(stopTime):
	}
	e.keys.continued.Store(false)
	e.keys.Setup()
	e.screen.onFlush = onFlush
}

// watchSignals reports to the keyboard when the window's size changes and when the process
// continues, until stop is called.
func watchSignals(k *keyboard) (stop func()) {
	arrived := make(chan os.Signal, 4)
	signal.Notify(arrived, syscall.SIGWINCH, syscall.SIGCONT)
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case sig := <-arrived:
				if sig == syscall.SIGWINCH {
					k.happened(&k.resized)
					continue
				}
				k.happened(&k.continued)
				select {
				case k.awake <- struct{}{}:
				default:
				}
			case <-quit:
				return
			}
		}
	})
	return func() {
		signal.Stop(arrived)
		close(quit)
		done.Wait()
	}
}
