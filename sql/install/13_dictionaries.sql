-- Words for pseudonym(). Two dictionaries ship; the user loads more, and his rows hide shipped ones of the same name.

CREATE TABLE ddm.dictionaries (
    name      pg_catalog.text NOT NULL,
    position  pg_catalog.int4 NOT NULL,
    word      pg_catalog.text NOT NULL CHECK (word <> '' AND word !~ E'[\n\r]'),
    shipped   pg_catalog.bool NOT NULL DEFAULT false,
    CONSTRAINT dictionaries_key PRIMARY KEY (name, shipped, position)
);
COMMENT ON TABLE ddm.dictionaries IS 'words that pseudonym() shows; fill it with ddm.load_dictionary()';
REVOKE ALL ON ddm.dictionaries FROM PUBLIC;
GRANT SELECT ON ddm.dictionaries TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('ddm.dictionaries', 'WHERE NOT shipped');

INSERT INTO ddm.dictionaries (name, position, word, shipped)
    SELECT 'first_name', position, word, true
      FROM pg_catalog.unnest(pg_catalog.string_to_array('Adam Agnes Alan Alice Amara Amy Andre Anita Anna Anton Arthur Ben Bianca Boris Carla Carlos Carmen Cecil Chloe Clara Claude Daniel David Diana Dora Edgar Elena Elias Ella Emil Emma Eric Erika Eva Felix Flora Frank Frida Gabriel Gloria Grace Greta Gustav Hanna Hector Helen Henry Hugo Ian Ida Igor Ines Irene Isaac Ivan Jack Jana Jasper Joan Joel Jonas Judith Julia Karl Karen Kim Lara Laura Leo Lina Louis Lucia Luke Magda Marco Maria Mark Martha Max Mia Milan Mona Nadia Nils Nina Nora Olga Oscar Otto Paul Paula Pedro Petra Philip Rita Robert Rosa Ruth Samuel Sara Simon Sofia Stella Tania Theo Thomas Uma Vera Victor Viola Walter Wanda Xavier Yara Yusuf Zoe', ' ')) WITH ORDINALITY AS words (word, position);
INSERT INTO ddm.dictionaries (name, position, word, shipped)
    SELECT 'city', position, word, true
      FROM pg_catalog.unnest(pg_catalog.string_to_array('Aberdeen Accra Adelaide Algiers Amman Amsterdam Ankara Antwerp Athens Auckland Austin Baku Bangkok Barcelona Basel Beirut Belfast Belgrade Bergen Berlin Bern Bilbao Bogota Bologna Bordeaux Boston Bremen Brisbane Bristol Brussels Bucharest Budapest Cairo Calgary Cardiff Chicago Cologne Copenhagen Cork Dakar Dallas Denver Dresden Dublin Edinburgh Essen Florence Geneva Genoa Ghent Glasgow Graz Hamburg Hanoi Havana Helsinki Hobart Houston Istanbul Jakarta Kampala Kiev Kyoto Lagos Leeds Leipzig Lille Lima Lisbon London Lyon Madrid Malaga Manila Marseille Melbourne Milan Montreal Munich Nairobi Nantes Naples Osaka Oslo Ottawa Palermo Paris Perth Porto Prague Quito Riga Rome Rotterdam Seattle Seoul Seville Sofia Stockholm Tallinn Tokyo Toronto Turin Utrecht Valencia Vienna Vilnius Warsaw Wellington Zagreb Zurich', ' ')) WITH ORDINALITY AS words (word, position);

-- The trigger that tells every session is the policy's, made in a later file.
CREATE FUNCTION ddm.load_dictionary(name pg_catalog.text, words pg_catalog.text[]) RETURNS pg_catalog.int4
    LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        DELETE FROM ddm.dictionaries AS d WHERE d.name = load_dictionary.name AND NOT d.shipped;
        INSERT INTO ddm.dictionaries (name, position, word)
            SELECT load_dictionary.name, w.position, w.word
              FROM pg_catalog.unnest(words) WITH ORDINALITY AS w (word, position);
        SELECT pg_catalog.cardinality(words);
    $$;
COMMENT ON FUNCTION ddm.load_dictionary(pg_catalog.text, pg_catalog.text[]) IS 'replaces the user''s words of a dictionary; answers how many there are';
REVOKE ALL ON FUNCTION ddm.load_dictionary(pg_catalog.text, pg_catalog.text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.load_dictionary(pg_catalog.text, pg_catalog.text[]) TO ddm_admin;
