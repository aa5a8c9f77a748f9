// JDBC: portals that are fetched in parts, server-side prepared statements, updatable result sets, batches, metadata.
// Arguments: port of a server on loopback. Lines of TAP for test/t/clients.pl.
import java.sql.*;
import java.util.*;

public class ClientJdbc {
    static int count = 0;
    static String port;

    static void same(Object found, Object wanted, String name) {
        boolean good = Objects.equals(found, wanted);
        System.out.println((good ? "ok " : "not ok ") + ++count + " - " + name);
        if (!good) System.out.println("# found  " + found + "\n# wanted " + wanted);
    }

    static Connection connect(String role, String options) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + role + options);
    }

    static String email(PreparedStatement statement, int id) throws SQLException {
        statement.setInt(1, id);
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getString(1);
        }
    }

    // As an application behind a pool does: the same statement while its role's clearance comes and goes.
    static void prepared(String options, String how) throws SQLException {
        try (Connection app = connect("app", options); Connection admin = connect("admin", "");
             Statement policy = admin.createStatement();
             PreparedStatement statement = app.prepareStatement("SELECT email FROM customer WHERE id = ?")) {
            Set<String> found = new TreeSet<>();
            for (int i = 0; i < 8; i++) found.add(email(statement, 1));
            same(found, Set.of("u***@example.com"), how + ": masked");
            policy.execute("GRANT UNMASK (email) ON customer TO app");
            same(email(statement, 1), "user1@example.com", how + ": cleared at once");
            policy.execute("REVOKE UNMASK (email) ON customer FROM app");
            same(email(statement, 1), "u***@example.com", how + ": masked again");
        }
    }

    static void portal(String role, String wanted) throws SQLException {
        try (Connection connection = connect(role, "")) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement("SELECT id, email FROM customer WHERE id <= 100 ORDER BY id")) {
                statement.setFetchSize(7);
                Set<String> found = new TreeSet<>();
                int rows = 0;
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        rows++;
                        found.add(result.getString(2).replaceAll("[0-9]+", "N"));
                    }
                }
                same(rows + " " + found, "100 [" + wanted + "]", role + ": a portal of fetch size 7");
            }
            connection.commit();
        }
    }

    static void updatable() throws SQLException {
        try (Connection app = connect("app", ""); Connection boss = connect("boss", "");
             Statement statement = app.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            try (ResultSet row = statement.executeQuery("SELECT id, name, email, phone, ssn FROM customer WHERE id = 70")) {
                row.next();
                row.updateString("name", "By JDBC");
                row.updateString("email", row.getString("email"));
                row.updateString("phone", row.getString("phone"));
                row.updateString("ssn", row.getString("ssn"));
                row.updateRow();
                same(row.getString("email"), "u***@example.com", "an updatable result set shows masks");
            }
            try (ResultSet row = boss.createStatement().executeQuery("SELECT name, email, phone, ssn FROM customer WHERE id = 70")) {
                row.next();
                same(List.of(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
                     List.of("By JDBC", "user70@example.com", "+49 30 1000070", "123-45-6070"),
                     "what it writes back keeps what was masked");
            }
            try (PreparedStatement batch = app.prepareStatement("UPDATE customer SET name = ?, email = ? WHERE id = ?")) {
                for (int id = 71; id < 80; id++) {
                    batch.setString(1, "Batch");
                    batch.setString(2, "u***@example.com");
                    batch.setInt(3, id);
                    batch.addBatch();
                }
                same(Arrays.stream(batch.executeBatch()).sum(), 9, "a batch of updates");
            }
            try (ResultSet row = boss.createStatement().executeQuery(
                     "SELECT count(*) FROM customer WHERE name = 'Batch' AND email = 'user' || id || '@example.com'")) {
                row.next();
                same(row.getInt(1), 9, "keeps what was masked");
            }
            try (PreparedStatement insert = app.prepareStatement("INSERT INTO customer (name, email) VALUES ('Key', 'key@example.com')",
                                                                 Statement.RETURN_GENERATED_KEYS)) {
                insert.executeUpdate();
                try (ResultSet keys = insert.getGeneratedKeys()) {
                    keys.next();
                    same(keys.getString("email"), "k***@example.com", "generated keys come with masks");
                }
            }
        }
    }

    static void metadata() throws SQLException {
        try (Connection app = connect("app", ""); ResultSet columns = app.getMetaData().getColumns(null, "public", "customer", "email")) {
            columns.next();
            same(columns.getString("TYPE_NAME") + " " + columns.getInt("COLUMN_SIZE"), "varchar 80", "metadata is the column's own");
        }
        try (Connection app = connect("app", "&autosave=always"); Statement statement = app.createStatement()) {
            app.setAutoCommit(false);
            try {
                statement.execute("INSERT INTO customer (name, email) VALUES ('Twice', 'user1@example.com')");
                same("accepted", "23505", "a unique violation");
            } catch (SQLException error) {
                same(error.getSQLState() + error.getMessage().contains("user1"), "23505false", "an error holds no value");
            }
            ResultSet row = statement.executeQuery("SELECT email FROM customer WHERE id = 1");
            row.next();
            same(row.getString(1), "u***@example.com", "and the transaction goes on (autosave)");
            app.rollback();
        }
    }

    public static void main(String[] arguments) throws SQLException {
        port = arguments[0];
        portal("app", "u***@example.com");
        portal("boss", "userN@example.com");
        prepared("&prepareThreshold=1&binaryTransfer=true", "a named statement");
        prepared("&preferQueryMode=simple", "the simple protocol");
        updatable();
        metadata();
        System.out.println("1.." + count);
    }
}
