package dev.bocau.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A fault that is planted into the real code: a piece of one source file is replaced, the file is
/// compiled, and the simulation is run with it.
///
/// @param fault what it does wrong
/// @param file below `src/main/java/dev/bocau`
/// @param code what is there, once
/// @param instead what is put there
record Mutant(String fault, String file, String code, String instead) {
    private static final Path SOURCES =
            Path.of(System.getProperty("basedir", "."), "src", "main", "java", "dev", "bocau");

    /// The first seed with which a promise is broken; empty if none of them shows it.
    OptionalLong caughtBy(Path folder, long seeds, long steps) throws IOException {
        compile(folder);
        try {
            Class<?> simulation = new Mutated(folder).loadClass(Simulation.class.getName());
            Constructor<?> world = simulation.getDeclaredConstructor(long.class);
            Method run = simulation.getDeclaredMethod("run", long.class);
            world.setAccessible(true);
            run.setAccessible(true);
            for (long seed = 0; seed < seeds; seed++) {
                if (breaks(world, run, seed, steps)) {
                    return OptionalLong.of(seed);
                }
            }
            return OptionalLong.empty();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the simulation cannot be run with a mutant", e);
        }
    }

    private static boolean breaks(Constructor<?> world, Method run, long seed, long steps)
            throws ReflectiveOperationException {
        try {
            run.invoke(world.newInstance(seed), steps);
            return false;
        } catch (InvocationTargetException e) {
            String how = Objects.requireNonNull(e.getCause()).getClass().getName();
            return how.equals(Verdict.Broken.class.getName());
        }
    }

    private void compile(Path folder) throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        int at = source.indexOf(code);
        if (at < 0 || source.indexOf(code, at + 1) >= 0) {
            throw new IllegalStateException(
                    "%s has not exactly one place for the mutant: %s".formatted(file, fault));
        }
        Path mutated = folder.resolve("src").resolve(Path.of(file).getFileName());
        Files.createDirectories(mutated.getParent());
        Files.writeString(mutated, source.replace(code, instead));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            StringWriter complaints = new StringWriter();
            boolean compiled =
                    compiler.getTask(
                                    complaints,
                                    files,
                                    null,
                                    List.of("-proc:none", "-d", folder.toString()),
                                    null,
                                    files.getJavaFileObjects(mutated))
                            .call();
            if (!compiled) {
                throw new IllegalStateException("%s: %s".formatted(fault, complaints));
            }
        }
    }

    /// The mutated class, and all others as they are, so that they see each other.
    private static final class Mutated extends ClassLoader {
        private final Path folder;

        Mutated(Path folder) {
            super(Mutant.class.getClassLoader());
            this.folder = folder;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.bocau.") || name.startsWith("dev.bocau.protocol.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String path = name.replace('.', '/') + ".class";
            Path mutated = folder.resolve(path);
            try (InputStream in =
                    Files.exists(mutated)
                            ? Files.newInputStream(mutated)
                            : getParent().getResourceAsStream(path)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
